/** Runs whose model is an ONNX file: every form of file, going on, predictions, and files that are none. */

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe as describeModel } from "@tsimm/autodiff";
import { createEngine, loadClassifier, train } from "tsimm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
} from "../packages/autodiff/src/onnx/generated/onnx_pb.ts";
import { toHalf } from "../packages/autodiff/src/onnx/half.ts";
import { graph, node, onnxFile, tensor, value } from "../packages/autodiff/src/onnx/onnx-file.fixture.ts";
import { checkExport } from "../packages/tsimm/src/predict/check-export.ts";
import { openTrainedModel } from "../packages/tsimm/src/predict/trained-model.ts";
import { colourFolder } from "./command-line.fixture.ts";
import { noise } from "./noise-tensors.fixture.ts";

const engine = await createEngine("native");
let root = "";
const at = (...names: string[]) => join(root, ...names);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-onnx-train-"));
  await colourFolder(at("photos"), { train: 4, val: 2 });
});
afterAll(() => rm(root, { recursive: true }));

/** Settings of a file. */
interface Settings {
  readonly batch?: number | string;
  readonly side?: number | string;
  readonly layout?: "NCHW" | "NHWC";
  readonly half?: boolean;
  readonly norm?: boolean;
}

/** Conv, BatchNormalization or none, Relu, pool, Gemm of 7 classes, Softmax. */
function network({ batch = "n", side = 32, layout = "NCHW", half = false, norm = false }: Settings = {}) {
  const type = half ? "float16" : "float32";
  const weights = (name: string, dims: readonly number[], scale = 0.5, shift = 0) => {
    const data = noise(name, dims).map((x) => shift + scale * x);
    return tensor(name, type, dims, half ? Uint16Array.from(data, toHalf) : data);
  };
  const isLast = layout === "NHWC";
  const statistics = ["bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"];
  return onnxFile(
    graph({
      nodes: [
        ...(isLast ? [node("Transpose", ["pixels"], ["planes"], { perm: [0, 3, 1, 2] })] : []),
        node("Conv", [isLast ? "planes" : "pixels", "stem.weight", "stem.bias"], ["maps"], {
          strides: [4, 4],
        }),
        ...(norm ? [node("BatchNormalization", ["maps", ...statistics], ["normal"])] : []),
        node("Relu", [norm ? "normal" : "maps"], ["active"]),
        node("GlobalAveragePool", ["active"], ["pooled"]),
        node("Flatten", ["pooled"], ["features"]),
        node("Gemm", ["features", "fc.weight", "fc.bias"], ["scores"], { transB: 1 }),
        node("Softmax", ["scores"], ["probabilities"], { axis: 1 }),
      ],
      inputs: [value("pixels", type, isLast ? [batch, side, side, 3] : [batch, 3, side, side])],
      outputs: [value("probabilities", type, [batch, 7])],
      tensors: [
        weights("stem.weight", [8, 3, 4, 4]),
        weights("stem.bias", [8], 0.1),
        ...(norm ? statistics.map((name, i) => weights(name, [8], 0.1, i % 3 === 0 ? 1 : 0)) : []),
        weights("fc.weight", [7, 8]),
        weights("fc.bias", [7]),
      ],
    }),
  );
}

const recipe = { batchSize: 8, epochs: 2, warmupEpochs: 0, lr: 0.05, workers: 0, threads: 1 } as const;

/** Trains on a file; returns the folder. */
async function run(name: string, bytes: Uint8Array, more: Parameters<typeof train>[0] = {}) {
  await writeFile(at(`${name}.onnx`), bytes);
  const given = {
    ...recipe,
    dataDir: at("photos"),
    model: at(`${name}.onnx`),
    output: at("runs"),
    experiment: name,
  };
  const { folder } = await train({ ...given, ...more });
  return folder;
}

const read = (folder: string, name: string) => readFile(join(folder, name));

describe.each<[string, Settings, Parameters<typeof train>[0]]>([
  ["open batch", {}, {}],
  ["fixed batch", { batch: 1 }, { modelEma: true, modelEmaDecay: 0.5 }],
  ["open sides", { side: "side" }, { imgSize: 24 }],
  ["channels last", { layout: "NHWC" }, { opt: "adamw", lr: 0.01 }],
  ["halves", { half: true }, {}],
  ["batch normalization", { norm: true }, { freeze: ["stem*"] }],
  ["head alone", {}, { freeze: ["backbone"] }],
])("%s", (name, settings, more) => {
  test("is trained, and every file of the run says the same", async () => {
    const bytes = network(settings);
    const folder = await run(name, bytes, more);
    expect(new Uint8Array(await read(folder, "original.onnx"))).toEqual(bytes);
    const [before, after] = [describeModel(bytes), describeModel(await read(folder, "model.onnx"))];
    expect(after.inputs).toEqual(before.inputs);
    expect(after.outputs).toEqual([{ ...before.outputs[0], shape: [settings.batch ?? "n", 4] }]);
    expect(after.parameters.map(({ name: own, dtype }) => [own, dtype])).toEqual(
      before.parameters.map(({ name: own, dtype }) => [own, dtype]),
    );
    expect(after.metadata["class_names"]).toBe('["blue","green","red","white"]');
    const image = await readFile(at("photos/val/red/0.png"));
    const answers = [];
    for (const file of ["model.onnx", "model_best.safetensors", "model_best.resume.safetensors"]) {
      const classifier = await loadClassifier(join(folder, file), engine);
      answers.push(await classifier.classify(image, 4));
      await classifier.close();
    }
    const [first = [], ...others] = answers;
    expect(first.map(({ label }) => label).sort()).toEqual(["blue", "green", "red", "white"]);
    // What is trained are float32 numbers; a file of float16 holds them rounded.
    for (const other of others) {
      for (const { label, prob } of other) {
        expect(prob).toBeCloseTo(first.find((one) => one.label === label)?.prob ?? 0, settings.half ? 2 : 5);
      }
    }
    const opened = await Promise.all(
      ["model.onnx", "last.safetensors"].map((file) => openTrainedModel(join(folder, file))),
    );
    for (const trained of opened) {
      expect(trained.outputs).toBe(4);
      const { dataConfig } = trained;
      const exported = trained.encode({ classNames: ["a", "b", "c", "d"], dataConfig });
      const { difference } = await checkExport(exported, trained, { engine, dataConfig, batchSizes: [1, 3] });
      expect(difference).toBeLessThan(settings.half ? 0.05 : 1e-4);
      expect(describeModel(exported).inputs).toEqual(before.inputs);
      expect(describeModel(exported).metadata["class_names"]).toBe('["a","b","c","d"]');
    }
  });
});

test("a run that was stopped goes on to the same bytes, without the file it began with", async () => {
  await writeFile(at("same.onnx"), network({ norm: true }));
  const given = { ...recipe, epochs: 3, dataDir: at("photos"), model: at("same.onnx"), output: at("runs") };
  await train({ ...given, experiment: "whole" });
  const stop = new AbortController();
  const stopAfterFirst = {
    name: "stop",
    on: async ({ type }: { readonly type: string }) => {
      if (type === "epochDone") stop.abort();
    },
  };
  await train({ ...given, experiment: "stopped" }, { listeners: [stopAfterFirst], signal: stop.signal });
  await rm(at("same.onnx"));
  await train({ resume: at("runs/stopped"), threads: 1, workers: 0 });
  for (const file of ["model.onnx", "last.safetensors", "model_best.safetensors", "summary.csv"]) {
    const [theirs, ours] = await Promise.all([read(at("runs/whole"), file), read(at("runs/stopped"), file)]);
    expect([file, ours.equals(theirs)]).toEqual([file, true]);
  }
  await writeFile(at("other.onnx"), network());
  await expect(train({ resume: at("runs/stopped"), epochs: 4, model: at("other.onnx") })).rejects.toThrow(
    `train: --model must be the file that the run began with, got another one, "${at("other.onnx")}"; leave it out`,
  );
  await writeFile(at("runs/stopped/original.onnx"), network());
  await expect(train({ resume: at("runs/stopped"), epochs: 4 })).rejects.toThrow(
    /--resume must be a run with its ONNX file: .* must be the file that the model of .* is made of, got another one/,
  );
});

test("a file that says that its classes are those of the data keeps its head", async () => {
  const first = await run("first", network());
  const messages: string[] = [];
  const listener = {
    name: "messages",
    on: async (event: { readonly type: string; readonly text?: string }) => {
      if (event.type === "message" && event.text) messages.push(event.text);
    },
  };
  const given = {
    ...recipe,
    dataDir: at("photos"),
    output: at("runs"),
    experiment: "again",
    lr: 1e-9,
    epochs: 1,
  };
  await train({ ...given, model: join(first, "model.onnx") }, { listeners: [listener] });
  expect(messages).toContain('Head: that of the file, "fc", whose 4 classes are those of the data');
  const [before, after] = await Promise.all(
    [first, at("runs/again")].map(async (folder) => (await read(folder, "per-class.csv")).toString()),
  );
  expect(after).toBe(before);
});

test("another task has no Softmax at the end", async () => {
  const rows = (split: string, count: number) =>
    ["blue", "green", "red", "white"].flatMap((name, k) =>
      Array.from({ length: count }, (_, i) => `photos/${split}/${name}/${i}.png,${k}.5,${2 - k}`),
    );
  await writeFile(at("train.csv"), `path,height,width\n${rows("train", 4).join("\n")}\n`);
  await writeFile(at("validation.csv"), `path,height,width\n${rows("val", 2).join("\n")}\n`);
  const folder = await run("numbers", network(), {
    ...{ dataDir: at("train.csv"), task: "regression", labelColumns: ["height", "width"], lr: 0.01 },
  });
  const { nodes } = await nodesOf(join(folder, "model.onnx"));
  expect(nodes.at(-1)).toBe("Identity");
  const classifier = await loadClassifier(join(folder, "model.onnx"), engine);
  const answers = await classifier.predict(await readFile(at("photos/val/red/0.png")));
  expect(answers.map(({ label }) => label)).toEqual(["height", "width"]);
  await classifier.close();
});

async function nodesOf(path: string) {
  const { graph: given } = fromBinary(ModelProtoSchema, await readFile(path));
  return { nodes: given?.node.map(({ opType }) => opType) ?? [] };
}

describe("tensors in a file beside the model", () => {
  async function split(folder: string, location: string) {
    const model = fromBinary(ModelProtoSchema, network());
    const [first] = model.graph?.initializer ?? [];
    if (!first) throw new Error("no tensor");
    const data = first.rawData;
    const entries = { location, length: String(data.length) };
    first.externalData = Object.entries(entries).map(([key, text]) =>
      create(StringStringEntryProtoSchema, { key, value: text }),
    );
    first.rawData = new Uint8Array();
    first.dataLocation = 1;
    await mkdir(at(folder), { recursive: true });
    await writeFile(at(folder, "net.onnx"), toBinary(ModelProtoSchema, model));
    return data;
  }
  const start = (folder: string) =>
    train({
      ...recipe,
      ...{
        epochs: 1,
        dataDir: at("photos"),
        model: at(folder, "net.onnx"),
        output: at("runs"),
        experiment: folder,
      },
    });

  test("are read, and the run needs them no more", async () => {
    await writeFile(at("net.data"), "");
    const data = await split("beside", "net.data");
    await writeFile(at("beside/net.data"), data);
    const { folder } = await start("beside");
    await rm(at("beside"), { recursive: true });
    expect(new Uint8Array(await read(folder, "original.onnx"))).toEqual(network());
    const classifier = await loadClassifier(join(folder, "last.safetensors"), engine);
    expect(classifier.classNames).toHaveLength(4);
    await classifier.close();
  });

  test.each([
    ["elsewhere", "../secret", /must lie in a file inside the model's folder, got location "..\/secret"/],
    ["missing", "net.data", /"net.data" must be beside ".*net.onnx", which needs it; bring it there/],
    ["linked", "link.data", /"link.data" must lie in the folder of ".*net.onnx", got a link to ".*secret"/],
  ])("%s are refused", async (folder, location, message) => {
    await writeFile(at("secret"), new Uint8Array(2000));
    await split(folder, location);
    if (folder === "linked") await symlink(at("secret"), at("linked/link.data"));
    await expect(start(folder)).rejects.toThrow(message);
  });
});

test.each<[string, () => Uint8Array, Parameters<typeof train>[0], RegExp]>([
  [
    "none",
    () => new Uint8Array(100),
    {},
    /--model must be an ONNX file that can be trained on images, got ".*" \(decodeModel: bytes must be a complete ONNX model/,
  ],
  [
    "cut",
    () => network().slice(0, 900),
    {},
    /bytes must be a complete ONNX model, got 900 bytes that are not/,
  ],
  [
    "of another size",
    () => network(),
    { imgSize: 64 },
    /--img-size must be 32 as the file fixes it in "pixels", got 64; leave it out/,
  ],
  [
    "grey",
    () => network(),
    { inChans: 1 },
    /--in-chans must be 3 as the file fixes it in "pixels", got 1; leave it out/,
  ],
  ["without dropout", () => network(), { drop: 0.2 }, /--drop must be left out for an ONNX file, got 0.2/],
  [
    "without a classifier",
    () =>
      onnxFile(
        graph({
          nodes: [node("GlobalAveragePool", ["x"], ["p"]), node("Flatten", ["p"], ["y"])],
          inputs: [value("x", "float32", ["n", 3, 32, 32])],
          outputs: [value("y")],
        }),
      ),
    {},
    /--model must be an ONNX file with a classifier, a last Gemm, MatMul or 1x1 Conv, got ".*": "y" comes from "x" without a linear layer; tsimm inspect ".*" shows what it holds/,
  ],
  [
    "of sounds",
    () =>
      onnxFile(
        graph({
          nodes: [node("Gemm", ["x", "w"], ["y"])],
          inputs: [value("x", "float32", ["n", 40])],
          outputs: [value("y")],
          tensors: [tensor("w", "float32", [40, 5], noise("w", [40, 5]))],
        }),
      ),
    {},
    /the file must take images \[N, C, H, W\], got \[n, 40\] in "x"/,
  ],
])("a file that is %s is refused, and nothing is written", async (name, bytes, more, message) => {
  await expect(run(`bad ${name}`, bytes(), more)).rejects.toThrow(message);
  await expect(read(at("runs", `bad ${name}`), "args.yaml")).rejects.toThrow("ENOENT");
});
