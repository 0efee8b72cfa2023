/** Tensors in files beside the model: read, trained, written back to their places; hostile places are refused. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { describe as describeModel } from "../trainable/description/describe.ts";
import { modelFile, node, numbers } from "../trainable/model.fixture.ts";
import { trainable } from "../trainable.ts";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "./generated/onnx_pb.ts";
import { inOneFile } from "./whole-file.ts";

const whole = modelFile({
  initializers: { w: numbers(3, 5), b: numbers(5), v: numbers(5, 4), c: numbers(4) },
  nodes: [node("Gemm", ["x", "w", "b"], "h"), node("Relu", ["h"], "r"), node("Gemm", ["r", "v", "c"], "y")],
});

/** The model with w and v in one file, 8 bytes apart, and c in another. */
function outside(change: (entries: Record<string, string>, name: string) => void = () => {}) {
  const model = fromBinary(ModelProtoSchema, whole);
  const files: Record<string, Uint8Array> = {
    "net.data": new Uint8Array(200),
    "more/c.bin": new Uint8Array(16),
  };
  const places: Record<string, readonly [string, number]> = {
    w: ["net.data", 8],
    v: ["net.data", 96],
    c: ["more/c.bin", 0],
  };
  for (const tensor of model.graph?.initializer ?? []) {
    const [location, offset] = places[tensor.name] ?? [];
    if (location === undefined || offset === undefined) continue;
    files[location]?.set(tensor.rawData, offset);
    const entries: Record<string, string> = {
      location,
      offset: String(offset),
      length: String(tensor.rawData.length),
    };
    change(entries, tensor.name);
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
    tensor.rawData = new Uint8Array();
    tensor.dataLocation = 1;
  }
  return { bytes: toBinary(ModelProtoSchema, model), files };
}

test("is read by location, from a record or a function", () => {
  const { bytes, files } = outside();
  const [record, called] = [files, (location: string) => files[location] ?? new Uint8Array()].map(
    (externalData) => trainable(bytes, { externalData }),
  );
  const expected = trainable(whole).parameters.map(({ name, data }) => [name, data]);
  expect(record?.parameters.map(({ name, data }) => [name, data])).toEqual(expected);
  expect(called?.parameters.map(({ name, data }) => [name, data])).toEqual(expected);
  expect(inOneFile(bytes, files)).toEqual(whole);
  const { externalData, parameters } = describeModel(bytes);
  expect(externalData).toEqual(["net.data", "more/c.bin"]);
  expect(parameters.map(({ name, elements }) => [name, elements])).toEqual([
    ["w", 15],
    ["b", 5],
    ["v", 20],
    ["c", 4],
  ]);
});

test("is written back to its place, and what lies between stays", () => {
  const { bytes, files } = outside();
  const model = trainable(bytes, { externalData: files });
  const unchanged = model.saveFiles();
  expect(unchanged).toEqual({ bytes, externalData: files });
  for (const { data } of model.parameters) data.fill(2);
  const saved = model.saveFiles();
  expect(saved.bytes).not.toEqual(bytes);
  const floats = new Float32Array(saved.externalData["net.data"]?.slice(8, 68).buffer ?? new ArrayBuffer(0));
  expect(floats).toEqual(new Float32Array(15).fill(2));
  expect(saved.externalData["net.data"]?.slice(68, 96)).toEqual(new Uint8Array(28));
  // The given files are those of the caller.
  expect(outside().files).toEqual(files);
  const again = trainable(saved.bytes, { externalData: saved.externalData });
  expect(again.parameters.every(({ data }) => data.every((value) => value === 2))).toBe(true);
});

test("a new head of another size lies in the file itself", () => {
  const { bytes, files } = outside();
  const model = trainable(bytes, { externalData: files, classes: 3 });
  const saved = model.saveFiles();
  const { graph } = fromBinary(ModelProtoSchema, saved.bytes);
  expect(
    graph?.initializer.map(({ name, dataLocation, dims }) => [name, dataLocation, dims.map(Number)]),
  ).toEqual([
    ["w", 1, [3, 5]],
    ["b", 0, [5]],
    ["v", 0, [5, 3]],
    ["c", 0, [3]],
  ]);
  const again = trainable(saved.bytes, { externalData: saved.externalData });
  expect(again.parameters.map(({ data }) => data)).toEqual(model.parameters.map(({ data }) => data));
});

const place = "must lie in a file inside the model's folder, got location";
test.each<[string, (entries: Record<string, string>, name: string) => void, string]>([
  ...[
    "../secret",
    "/etc/passwd",
    "a/../../b",
    "",
    ".",
    "..\\secret",
    "C:secret",
    "a//b",
    "a/./b",
    "a\0b",
  ].map((location): [string, (entries: Record<string, string>) => void, string] => [
    JSON.stringify(location),
    (entries) => {
      entries["location"] = location;
    },
    `decodeModel: tensor "w" ${place} ${JSON.stringify(location)}`,
  ]),
  [
    "an offset beyond the end",
    (entries) => {
      entries["offset"] = "196";
    },
    'decodeModel: tensor "w" must lie inside "net.data" of 200 bytes, got offset 196 and length 60; the file is cut or another one',
  ],
  [
    "a negative offset",
    (entries) => {
      entries["offset"] = "-4";
    },
    'decodeModel: tensor "w" must have an offset and a length that are integers >= 0, got "-4" and "60"',
  ],
  [
    "an offset that is no number",
    (entries) => {
      entries["offset"] = "1e400";
    },
    'decodeModel: tensor "w" must have an offset and a length that are integers >= 0, got "1e400" and "60"',
  ],
  [
    "a length of another shape",
    (entries) => {
      entries["length"] = "64";
    },
    'decodeModel: tensor "w" must have 60 bytes in "net.data" for its shape [3, 5], got length 64',
  ],
  [
    "a file that is not there",
    (entries) => {
      entries["location"] = "constructor";
    },
    'decodeModel: externalData must have the bytes of "constructor", which tensor "w" lies in, got none',
  ],
])("refuses %s", (_, change, message) => {
  const { bytes, files } = outside(change);
  expect(() => trainable(bytes, { externalData: files })).toThrow(new RangeError(message));
});

test("is missed where nobody gives it", () => {
  expect(() => trainable(outside().bytes)).toThrow(
    new RangeError(
      'decodeModel: tensor "w" must be stored in the model, got data in another file; save the model as one file',
    ),
  );
});
