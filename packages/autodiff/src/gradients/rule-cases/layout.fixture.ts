/** Random applications of the operators in `layout/`. */
import fc from "fast-check";
import { int, ints } from "../../graph/attributes.ts";
import { int64 } from "../../graph/tensor.ts";
import { type Case, linear, op, type Rules, shape, size } from "./case.fixture.ts";

const concatCases = fc
  .tuple(shape, fc.nat(3), fc.boolean(), fc.array(size, { minLength: 1, maxLength: 3 }))
  .map(([dims, at, negative, lengths]): Case => {
    const axis = at % dims.length;
    return {
      shapes: lengths.map((length) => dims.map((other, index) => (index === axis ? length : other))),
      apply: op("Concat", { axis: int(negative ? axis - dims.length : axis) }),
    };
  });

const reshapeCases = shape.map(
  (dims): Case => ({
    shapes: [dims],
    apply: (builder, [x]) =>
      builder.op("Reshape", [x ?? null, builder.constant(int64([2], [-1, dims.at(-1) ?? 1]))]),
  }),
);

const transposeCases = shape.chain((dims) =>
  fc
    .shuffledSubarray([...dims.keys()], { minLength: dims.length })
    .map((perm): Case => ({ shapes: [dims], apply: op("Transpose", { perm: ints(...perm) }) })),
);

/** Operator -> how it is checked. */
export const layoutRules: Rules = {
  Concat: [{ cases: concatCases, ...linear }],
  Flatten: [
    {
      cases: shape.map(
        (dims): Case => ({ shapes: [dims], apply: op("Flatten", { axis: int(dims.length >> 1) }) }),
      ),
      ...linear,
    },
  ],
  Reshape: [{ cases: reshapeCases, ...linear }],
  Transpose: [{ cases: transposeCases, ...linear }],
};
