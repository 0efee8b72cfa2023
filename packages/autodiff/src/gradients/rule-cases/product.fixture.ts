/** Random applications of the operators in `product/`. */
import fc from "fast-check";
import { float, int, text } from "../../graph/attributes.ts";
import { broadcastPair, type Case, linear, op, type Rules, shape, size } from "./case.fixture.ts";

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

/** A list on either side or both. */
const listCases = fc.tuple(shape, size, fc.constantFrom("left", "right", "both")).map(
  ([batch, inner, side]): Case => ({
    shapes: [
      side === "right" ? [...batch, inner] : [inner],
      side === "left" ? [...batch.slice(0, -1), inner, batch.at(-1) ?? 1] : [inner],
    ],
    apply: op("MatMul"),
  }),
);

/** Products, sums, transpositions and an axis that only one input has. */
const einsumCases = fc
  .tuple(
    fc.constantFrom(
      "bij,bjk->bik",
      "bhid,bhjd->bhij",
      "ij,kj",
      "ijk,ij->j",
      "ij->j",
      "ij->ji",
      "i,j->ij",
      "ijk->",
    ),
    fc.infiniteStream(size),
  )
  .map(([equation, stream]): Case => {
    const sizes = new Map<string, number>();
    const sizeOf = (letter: string) => {
      const known = sizes.get(letter) ?? Number(stream.next().value);
      sizes.set(letter, known);
      return known;
    };
    const [left = ""] = equation.split("->");
    return {
      shapes: left.split(",").map((term) => [...term].map(sizeOf)),
      apply: op("Einsum", { equation: text(equation) }),
    };
  });

/** Operator -> how it is checked. */
export const productRules: Rules = {
  Gemm: [{ cases: gemmCases, ...linear }],
  Einsum: [{ cases: einsumCases, ...linear }],
  MatMul: [
    { cases: matMulCases, ...linear },
    { cases: listCases, ...linear },
  ],
};
