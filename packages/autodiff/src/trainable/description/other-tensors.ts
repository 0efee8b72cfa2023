/** Stored numbers of types that are not trained. */
import { dataTypeName } from "../../graph/data-type.ts";
import type { GraphProto, TensorProto } from "../../onnx/generated/onnx_pb.ts";
import { graphLinks } from "../head/graph-links.ts";

/** Operators that read quantized weights. */
const quantizing =
  /^(QLinear|QGemm$|QAttention$|DequantizeLinear$|Dynamic.*Quantize|MatMulInteger|ConvInteger|MatMulNBits)/;

/** int8, uint8, int4 and uint4. */
const small: readonly number[] = [2, 3, 21, 22];
const float64 = 11;

/** Quantized weights and those of float64, with the reason that they stay as they are. */
export function otherTensors(
  graph: GraphProto,
): readonly { readonly tensor: TensorProto; readonly reason: string }[] {
  const links = graphLinks(graph);
  return [...links.stored].flatMap(([name, tensor]) => {
    const isList = tensor.dims.length > 0 && tensor.dims.some((size) => size > 1n);
    if (!isList) return [];
    if (tensor.dataType === float64) return [{ tensor, reason: "float64; convert it to float32" }];
    const isQuantized =
      small.includes(tensor.dataType) && links.readersOf(name).some(({ opType }) => quantizing.test(opType));
    return isQuantized ? [{ tensor, reason: `quantized (${dataTypeName(tensor.dataType)})` }] : [];
  });
}
