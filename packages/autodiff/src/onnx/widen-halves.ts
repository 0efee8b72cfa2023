/** Models of float16 or bfloat16 numbers, as models of float32 ones. */

import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from "./generated/onnx_pb.ts";
import { fromBfloat, fromHalf, toBfloat, toHalf } from "./half.ts";
import { mapTensors } from "./tensors-of.ts";
import { withFields } from "./with-fields.ts";

/** ONNX's numbers for element types. */
const [float32, float16, bfloat16] = [1, 10, 16];

/** Whether ONNX's number stands for a floating-point type of 16 bits. */
export function isHalf(dataType: number): boolean {
  return dataType === float16 || dataType === bfloat16;
}

/**
 * The model with float32 tensors, values and casts in the place of those of 16 bits.
 *
 * @throws RangeError for a tensor whose data do not fill its shape.
 */
export function widenHalves(model: ModelProto): ModelProto {
  const wide = mapTensors(model, (tensor) => (isHalf(tensor.dataType) ? widened(tensor) : tensor));
  const { graph } = wide;
  if (!graph) return wide;
  return withFields(wide, {
    graph: withFields(graph, {
      node: graph.node.map(castToFloat),
      input: graph.input.map(valueOfFloats),
      output: graph.output.map(valueOfFloats),
      valueInfo: graph.valueInfo.map(valueOfFloats),
    }),
  });
}

/** What a tensor of float32 numbers is written as: of the type of another one. */
export function narrowed(tensor: TensorProto, dataType: number): TensorProto {
  if (!isHalf(dataType) || tensor.dataType !== float32) return tensor;
  const floats = new Float32Array(tensor.rawData.slice().buffer);
  const bits = Uint16Array.from(floats, dataType === float16 ? toHalf : toBfloat);
  return withFields(tensor, { dataType, rawData: new Uint8Array(bits.buffer) });
}

function widened(tensor: TensorProto): TensorProto {
  // Data that are not here are missed where they are read.
  if (tensor.dataLocation !== 0) return withFields(tensor, { dataType: float32 });
  const { rawData, int32Data, dims, dataType, name } = tensor;
  const count = dims.reduce((product, dim) => product * Number(dim), 1);
  const stored = rawData.length > 0 ? rawData.length / 2 : int32Data.length;
  if (stored !== count) {
    throw new RangeError(
      `decodeModel: tensor "${name}" must have data that fills shape [${dims.join(", ")}], got ${stored} elements`,
    );
  }
  const bits = rawData.length > 0 ? new Uint16Array(rawData.slice().buffer) : Uint16Array.from(int32Data);
  const floats = Float32Array.from(bits, dataType === float16 ? fromHalf : fromBfloat);
  return withFields(tensor, {
    dataType: float32,
    rawData: new Uint8Array(floats.buffer),
    int32Data: [],
  });
}

function castToFloat(node: NodeProto): NodeProto {
  if (node.opType !== "Cast") return node;
  const attribute = node.attribute.map((entry) =>
    entry.name === "to" && isHalf(Number(entry.i)) ? withFields(entry, { i: BigInt(float32) }) : entry,
  );
  return withFields(node, { attribute });
}

function valueOfFloats(info: ValueInfoProto): ValueInfoProto {
  const { type } = info;
  if (type?.value.case !== "tensorType" || !isHalf(type.value.value.elemType)) return info;
  const value = withFields(type.value.value, { elemType: float32 });
  return withFields(info, { type: withFields(type, { value: { case: "tensorType", value } }) });
}
