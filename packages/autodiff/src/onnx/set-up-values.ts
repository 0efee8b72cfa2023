/** Values that set operators up instead of flowing through them: shapes, axes, scales, running statistics. */
import type { GraphProto } from "./generated/onnx_pb.ts";

/** Operator -> its first input that sets it up; all behind it do, too. */
const firstInputs: ReadonlyMap<string, number> = new Map(
  Object.entries({
    BatchNormalization: 3,
    ConstantOfShape: 0,
    DequantizeLinear: 1,
    DynamicQuantizeMatMul: 1,
    Dropout: 1,
    Expand: 1,
    MatMulIntegerToFloat: 1,
    MatMulNBits: 1,
    Pad: 1,
    QAttention: 1,
    QGemm: 1,
    QuantizeLinear: 1,
    Range: 0,
    Reshape: 1,
    Resize: 1,
    Slice: 1,
    Split: 1,
    Squeeze: 1,
    Tile: 1,
    Unsqueeze: 1,
    Upsample: 1,
  }),
);

/** The first input of an operator that sets it up, as all behind it do; undefined: none does. */
export function setUpFrom(op: string): number | undefined {
  return firstInputs.get(op) ?? (op.startsWith("QLinear") ? 1 : undefined);
}

/** Names of the values that set operators up, and of all that they are computed from, down to shapes of others. */
export function setUpValues({ node }: GraphProto): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { opType, input, output } of node.toReversed()) {
    if (opType === "Shape" || opType === "Size") continue;
    const from = output.some((name) => found.has(name)) ? 0 : (setUpFrom(opType) ?? input.length);
    for (const name of input.slice(from)) found.add(name);
  }
  return found;
}
