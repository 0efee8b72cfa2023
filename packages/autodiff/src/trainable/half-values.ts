/** Where numbers of 16 bits flow in a graph. */
import { storedType } from "../graph/data-type.ts";
import type { GraphProto, NodeProto, ValueInfoProto } from "../onnx/generated/onnx_pb.ts";
import { isHalf } from "../onnx/widen-halves.ts";
import { intOf } from "./head/graph-links.ts";
import { constantTensor } from "./weight-slots.ts";

/** Operators whose operands must have one type. */
const oneType: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Pow", "MatMul", "Gemm", "Conv", "ConvTranspose", "PRelu", "Concat", "Sum"],
]);

const float32 = 1;

/** ONNX's numbers for the types of float32 and 16-bit values, by name, as far as the nodes tell them. */
export function floatTypes({ input, initializer, node }: GraphProto): ReadonlyMap<string, number> {
  const types = new Map<string, number>();
  const note = (name: string, type: number) => {
    if (isHalf(type) || type === float32) types.set(name, type);
  };
  for (const info of input) note(info.name, elementType(info));
  for (const { name, dataType } of initializer) note(name, dataType);
  for (const one of node) {
    const own =
      constantTensor(one)?.dataType ?? (one.opType === "Cast" ? intOf(one, "to", float32) : undefined);
    const read = one.input.map((name) => types.get(name)).find((type) => type !== undefined);
    const type = own ?? read;
    if (type !== undefined) for (const name of one.output) note(name, type);
  }
  return types;
}

/** Whether a node reads or makes 16-bit values. */
export function touchesHalves({ input, output }: NodeProto, types: ReadonlyMap<string, number>): boolean {
  return [...input, ...output].some((name) => isHalf(types.get(name) ?? 0));
}

/**
 * Refuses nodes that mix 16-bit values with float32 ones, which no engine runs.
 *
 * @throws RangeError
 */
export function checkOneType({ node, initializer }: GraphProto, types: ReadonlyMap<string, number>): void {
  const stored = new Set(initializer.map(({ name }) => name));
  for (const { opType, input } of node) {
    if (!oneType.has(opType)) continue;
    const given = input.filter((name) => types.has(name));
    const half = given.find((name) => isHalf(types.get(name) ?? 0));
    if (half === undefined || given.every((name) => isHalf(types.get(name) ?? 0))) continue;
    storedType(types.get(half) ?? 0, `decodeModel: ${stored.has(half) ? "tensor" : "value"} "${half}"`);
  }
}

function elementType({ type }: ValueInfoProto): number {
  return type?.value.case === "tensorType" ? type.value.value.elemType : 0;
}
