/** Random applications of the operators in `reduction/`. */
import fc from "fast-check";
import { int } from "../../graph/attributes.ts";
import { float32, int64 } from "../../graph/tensor.ts";
import { type Case, kinked, linear, type Rules, shape, smooth } from "./case.fixture.ts";

/** Some axes, all of them, or none named; elements plus `offset`. */
const reductions = (type: string, offset = 0) =>
  shape.chain((dims) =>
    fc
      .tuple(fc.subarray([...dims.keys()]), fc.boolean(), fc.boolean(), fc.boolean())
      .map(([chosen, negative, keep, noop]): Case => {
        const axes = chosen.map((axis) => (negative ? axis - dims.length : axis));
        return {
          shapes: [dims],
          apply: (builder, [x]) =>
            builder.op(
              type,
              [
                offset === 0
                  ? (x ?? null)
                  : builder.op("Add", [x ?? null, builder.constant(float32([], [offset]))]),
                axes.length > 0 ? builder.constant(int64([axes.length], axes)) : null,
              ],
              { keepdims: int(keep ? 1 : 0), noop_with_empty_axes: int(noop ? 1 : 0) },
            ),
        };
      }),
  );

const alongAxis = (type: string) =>
  shape.chain((dims) =>
    fc.integer({ min: -dims.length, max: dims.length - 1 }).map(
      (axis): Case => ({
        shapes: [dims],
        apply: (builder, [x]) => builder.op(type, [x ?? null], { axis: int(axis) }),
      }),
    ),
  );

const cumSumCases = shape.chain((dims) =>
  fc.tuple(fc.integer({ min: -dims.length, max: dims.length - 1 }), fc.boolean(), fc.boolean()).map(
    ([axis, exclusive, reverse]): Case => ({
      shapes: [dims],
      apply: (builder, [x]) =>
        builder.op("CumSum", [x ?? null, builder.constant(int64([], [axis]))], {
          exclusive: int(exclusive ? 1 : 0),
          reverse: int(reverse ? 1 : 0),
        }),
    }),
  ),
);

/** Operator -> how it is checked. */
export const reductionRules: Rules = {
  CumSum: [{ cases: cumSumCases, ...linear }],
  LogSoftmax: [{ cases: alongAxis("LogSoftmax"), ...smooth }],
  ReduceL1: [{ cases: reductions("ReduceL1"), ...kinked }],
  ReduceL2: [{ cases: reductions("ReduceL2", 3), ...smooth }],
  ReduceLogSum: [{ cases: reductions("ReduceLogSum", 3), ...smooth }],
  ReduceLogSumExp: [{ cases: reductions("ReduceLogSumExp"), ...smooth }],
  ReduceMax: [{ cases: reductions("ReduceMax"), ...kinked }],
  ReduceMean: [{ cases: reductions("ReduceMean"), ...linear }],
  ReduceMin: [{ cases: reductions("ReduceMin"), ...kinked }],
  ReduceProd: [{ cases: reductions("ReduceProd"), ...smooth }],
  ReduceSum: [{ cases: reductions("ReduceSum"), ...linear }],
  ReduceSumSquare: [{ cases: reductions("ReduceSumSquare"), ...smooth }],
  Softmax: [{ cases: alongAxis("Softmax"), ...smooth }],
};
