/** Shapes of operators that work element by element. */
import { describe, formatShape, type OpCall, requiredInput, type ShapeRule } from "./shape-rule.ts";

/** One output like the first input: Relu, Sigmoid, Identity ... */
export const sameAsInput: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  return [{ dtype, shape }];
};

/** Numpy broadcasting over all inputs: Add, Mul, Where ... */
export const broadcast: ShapeRule = (call) => [
  { dtype: requiredInput(call, 0).dtype, shape: broadcastShape(call) },
];

/** Comparison: broadcasting, bool. */
export const compare: ShapeRule = (call) => [{ dtype: "bool", shape: broadcastShape(call) }];

/** Where(condition, x, y): the type of x. */
export const where: ShapeRule = (call) => [
  { dtype: requiredInput(call, 1).dtype, shape: broadcastShape(call) },
];

/** Dropout: y like x, and which elements were kept. */
export const dropout: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  return [
    { dtype, shape },
    { dtype: "bool", shape },
  ];
};

function broadcastShape(call: OpCall): readonly number[] {
  return call.inputs
    .map((_, index) => requiredInput(call, index).shape)
    .reduce((a, b) => {
      const rank = Math.max(a.length, b.length);
      return Array.from({ length: rank }, (_, axis) => {
        const left = a[axis - rank + a.length] ?? 1;
        const right = b[axis - rank + b.length] ?? 1;
        if (left !== right && left !== 1 && right !== 1) {
          throw new RangeError(
            `${describe(call)}: shapes must broadcast, got ${formatShape(a)} and ${formatShape(b)}`,
          );
        }
        return left === 1 ? right : left;
      });
    });
}
