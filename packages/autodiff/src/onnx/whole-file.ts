/** Files as a whole: their metadata, and their tensors in one place. */
import { toBinary } from "@bufbuild/protobuf";
import { bringIn, type ExternalData, externalLocations } from "./external-data.ts";
import { ModelProtoSchema } from "./generated/onnx_pb.ts";
import { parseModel } from "./parse-model.ts";

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
