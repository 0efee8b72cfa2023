/** Random applications of the operators in `elementwise/`. */
import fc from "fast-check";
import { float } from "../../graph/attributes.ts";
import type { Attributes } from "../../graph/graph.ts";
import { float32 } from "../../graph/tensor.ts";
import {
  binary,
  broadcastPair,
  type Case,
  kinked,
  linear,
  type Rules,
  smooth,
  unary,
} from "./case.fixture.ts";

/** Divisors in [2, 4]. */
const divCases = broadcastPair.map(
  (shapes): Case => ({
    shapes,
    apply: (builder, [a, b]) =>
      builder.op("Div", [a ?? null, builder.op("Add", [b ?? null, builder.constant(float32([], [3]))])]),
  }),
);

/** Operator -> how it is checked. */
export const elementwiseRules: Rules = {
  Add: [{ cases: binary("Add"), ...linear }],
  Div: [{ cases: divCases, ...smooth }],
  Erf: [{ cases: unary("Erf"), ...smooth }],
  Gelu: [{ cases: unary("Gelu"), ...smooth }],
  HardSigmoid: [
    {
      cases: unary(
        "HardSigmoid",
        fc.constantFrom<Attributes[]>({}, { alpha: float(0.75), beta: float(0.3125) }),
      ),
      ...kinked,
    },
  ],
  HardSwish: [{ cases: unary("HardSwish"), ...kinked }],
  Identity: [{ cases: unary("Identity"), ...linear }],
  Mul: [{ cases: binary("Mul"), ...linear }],
  Relu: [{ cases: unary("Relu"), ...kinked }],
  Sigmoid: [{ cases: unary("Sigmoid"), ...smooth }],
  Sub: [{ cases: binary("Sub"), ...linear }],
};
