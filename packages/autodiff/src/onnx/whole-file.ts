/** Files as a whole: their metadata, and their tensors in one place. */
import { create, toBinary } from "@bufbuild/protobuf";
import { bringIn, type ExternalData, externalLocations } from "./external-data.ts";
import { type ModelProto, ModelProtoSchema, StringStringEntryProtoSchema } from "./generated/onnx_pb.ts";
import { parseModel } from "./parse-model.ts";
import { withFields } from "./with-fields.ts";

/** Largest message that protobuf writes. */
const largest = 2 ** 31 - 1;

/**
 * The metadata of an ONNX model.
 *
 * @throws RangeError if the bytes are none.
 * @example
 * const builder = new GraphBuilder("empty");
 * builder.output(builder.op("Relu", [builder.input("x", "float32", [1])]), "y");
 * readMetadata(encodeModel(builder.build(), { metadata: { task: "demo" } })); // => { task: "demo" }
 */
export function readMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  const { metadataProps } = parseModel(bytes).model;
  return Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
}

/**
 * A model with other metadata; entries of the same keys are replaced, all else stays.
 *
 * @throws RangeError if the bytes are no model.
 * @example
 * const builder = new GraphBuilder("empty");
 * builder.output(builder.op("Relu", [builder.input("x", "float32", [1])]), "y");
 * const bytes = withMetadata(encodeModel(builder.build()), { task: "demo" });
 * readMetadata(bytes); // => { task: "demo" }
 */
export function withMetadata(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return toBinary(ModelProtoSchema, setMetadata(parseModel(bytes).model, metadata));
}

/** A message with other metadata. */
export function setMetadata(model: ModelProto, metadata: Readonly<Record<string, string>>): ModelProto {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return model;
  const metadataProps = [
    ...model.metadataProps.filter(({ key }) => !Object.hasOwn(metadata, key)),
    ...entries.map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  ];
  return withFields(model, { metadataProps });
}

/**
 * A model with the tensors of other files inside.
 *
 * @param bytes - An `.onnx` file.
 * @param externalData - The files beside it.
 * @returns The bytes themselves where nothing lies outside.
 * @throws RangeError if a file is missing or too short, lies outside of the model's folder, or all together are too large
 * for one file.
 * @example
 * const builder = new GraphBuilder("whole");
 * builder.output(builder.op("Relu", [builder.input("x", "float32", [1])]), "y");
 * const bytes = encodeModel(builder.build());
 * inOneFile(bytes, {}) === bytes; // => true
 */
export function inOneFile(bytes: Uint8Array, externalData: ExternalData): Uint8Array {
  const { model } = parseModel(bytes);
  if (externalLocations(model).length === 0) return bytes;
  bringIn(model, externalData);
  const size = (model.graph?.initializer ?? []).reduce((sum, { rawData }) => sum + rawData.length, 0);
  if (size > largest) {
    throw new RangeError(`inOneFile: tensors must have less than ${largest} bytes together, got ${size}`);
  }
  return toBinary(ModelProtoSchema, model);
}
