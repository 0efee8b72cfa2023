/** Random applications of the operators in `product/`. */
import fc from "fast-check";
import { float, int } from "../../graph/attributes.ts";
import { broadcastPair, type Case, linear, op, type Rules, size } from "./case.fixture.ts";

const gemmCases = fc
  .tuple(
    size,
    size,
    size,
    fc.boolean(),
    fc.boolean(),
    fc.constantFrom("none", "scalar", "row", "column"),
    fc.constantFrom(1, 0.5),
  )
  .map(([rows, inner, columns, transA, transB, bias, scale]): Case => {
    const c = { none: null, scalar: [1], row: [columns], column: [rows, 1] }[bias];
    return {
      shapes: [
        transA ? [inner, rows] : [rows, inner],
        transB ? [columns, inner] : [inner, columns],
        ...(c ? [c] : []),
      ],
      apply: op("Gemm", {
        transA: int(transA ? 1 : 0),
        transB: int(transB ? 1 : 0),
        alpha: float(scale),
        beta: float(2 * scale),
      }),
    };
  });

const matMulCases = fc.tuple(broadcastPair, size, size, size).map(
  ([[left, right], rows, inner, columns]): Case => ({
    shapes: [
      [...left, rows, inner],
      [...right, inner, columns],
    ],
    apply: op("MatMul"),
  }),
);

/** Operator -> how it is checked. */
export const productRules: Rules = {
  Gemm: [{ cases: gemmCases, ...linear }],
  MatMul: [{ cases: matMulCases, ...linear }],
};
