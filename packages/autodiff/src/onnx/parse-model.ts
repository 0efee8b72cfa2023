/** From bytes to ONNX messages. */
import { fromBinary } from "@bufbuild/protobuf";
import { inExecutionOrder } from "../graph/execution-order.ts";
import { capturedNames } from "./captured-names.ts";
import { type GraphProto, type ModelProto, ModelProtoSchema } from "./generated/onnx_pb.ts";
import { limitFields } from "./limit-fields.ts";
import { withFields } from "./with-fields.ts";

/** A model whose graph is there, and the version of `ai.onnx` that it is written in. */
export interface ParsedModel {
  /** As in the file. */
  readonly model: ModelProto;
  /** Its graph, the nodes in an order in which they can run. */
  readonly graph: GraphProto;
  readonly opset: number;
}

/** Number of GraphProto's field. */
const sparseInitializer = 15;

/**
 * Parses an ONNX model.
 *
 * @throws TypeError for what is no Uint8Array, RangeError if the bytes are none, or its operator set is too old or too
 * new.
 */
export function parseModel(bytes: Uint8Array): ParsedModel {
  const model = messageOf(bytes);
  if (model.graph?.$unknown?.some(({ no }) => no === sparseInitializer)) {
    throw new RangeError(
      "decodeModel: weights must be dense, got a sparse initializer; convert the model first",
    );
  }
  if (!model.graph) throw new RangeError("decodeModel: bytes must be an ONNX model, got one without a graph");
  const isMain = (domain: string) => domain === "" || domain === "ai.onnx";
  const opset = Number(model.opsetImport.find(({ domain }) => isMain(domain))?.version ?? 0);
  if (!(opset >= 7 && opset <= 21)) {
    throw new RangeError(`decodeModel: opset must be in [7, 21], got ${opset}; convert the model first`);
  }
  const node = inExecutionOrder(model.graph.node, (given) => ({
    inputs: [...given.input, ...capturedNames(given)],
    outputs: given.output,
  }));
  return { model, graph: withFields(model.graph, { node }), opset };
}

function messageOf(given: Uint8Array): ModelProto {
  if (!ArrayBuffer.isView(given)) {
    const got = typeof given === "object" ? Object.prototype.toString.call(given).slice(8, -1) : typeof given;
    throw new TypeError(
      `decodeModel: bytes must be a Uint8Array, got ${got}; wrap an ArrayBuffer with new Uint8Array(buffer), read a file first`,
    );
  }
  // The decoder slices its input, which a Node Buffer does without copying.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  try {
    limitFields(bytes);
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    if (cause instanceof RangeError && cause.message.startsWith("decodeModel:")) throw cause;
    throw new RangeError(
      `decodeModel: bytes must be a complete ONNX model, got ${bytes.length} bytes that are not`,
      { cause },
    );
  }
}
