/** Random applications of the operators in `elementwise/`. */
import fc from "fast-check";
import { float, int, text } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Attributes, Value } from "../../graph/graph.ts";
import { float32, int64 } from "../../graph/tensor.ts";
import {
  binary,
  broadcastPair,
  type Case,
  kinked,
  linear,
  op,
  type Rules,
  shape,
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

/** An operator of one input, applied to x + 3 in [2, 4]. */
const ofPositive = (type: string): fc.Arbitrary<Case> =>
  shape.map(
    (dims): Case => ({ shapes: [dims], apply: (builder, [x]) => builder.op(type, [raised(builder, x)]) }),
  );

const raised = (builder: GraphBuilder, x: Value | undefined): Value =>
  builder.op("Add", [x ?? null, builder.constant(float32([], [3]))]);

/** Bases in [2, 4], exponents in [-1, 1] or a constant integer. */
const powCases = fc.oneof(
  broadcastPair.map(
    (shapes): Case => ({
      shapes,
      apply: (builder, [a, b]) => builder.op("Pow", [raised(builder, a), b ?? null]),
    }),
  ),
  fc.tuple(shape, fc.constantFrom(2, 3)).map(
    ([dims, exponent]): Case => ({
      shapes: [dims],
      apply: (builder, [a]) => builder.op("Pow", [a ?? null, builder.constant(int64([], [exponent]))]),
    }),
  ),
);

const clipCases = fc
  .tuple(shape, fc.constantFrom([-0.5, 0.5], [null, 0.25], [-0.25, null], [null, null]))
  .map(
    ([dims, bounds]): Case => ({
      shapes: [dims],
      apply: (builder, [x]) =>
        builder.op("Clip", [
          x ?? null,
          ...bounds.map((bound) => (bound === null ? null : builder.constant(float32([], [bound])))),
        ]),
    }),
  );

/** A lower bound that is computed from the elements. */
const boundCases = shape.map(
  (dims): Case => ({
    shapes: [dims],
    apply(builder, [x]) {
      const given = x ?? null;
      const largest = builder.op("ReduceMax", [given], { keepdims: int(0) });
      return builder.op("Clip", [
        given,
        builder.op("Sub", [largest, builder.constant(float32([], [1.0625]))]),
      ]);
    },
  }),
);

/** Three inputs of which one may be a scalar. */
const variadic = (type: string) =>
  fc
    .tuple(broadcastPair, fc.boolean())
    .map(([shapes, scalar]): Case => ({ shapes: scalar ? [...shapes, []] : shapes, apply: op(type) }));

/** As {@link variadic}, the inputs apart from each other by a third of the distance between elements. */
const extremumCases = (type: string) =>
  variadic(type).map(
    ({ shapes }): Case => ({
      shapes,
      apply: (builder, inputs) =>
        builder.op(
          type,
          inputs.map((x, index) => builder.op("Add", [x, builder.constant(float32([], [index / 12]))])),
        ),
    }),
  );

/** The condition is that the first input is positive. */
const whereCases = fc.tuple(broadcastPair, fc.boolean()).map(
  ([shapes, swapped]): Case => ({
    shapes,
    apply(builder, [a, b]) {
      const [x, z] = swapped ? [b, a] : [a, b];
      const condition = builder.op("Greater", [a ?? null, builder.constant(float32([], [0]))]);
      return builder.op("Where", [condition, x ?? null, z ?? null]);
    },
  }),
);

const preluCases = shape.chain((dims) =>
  fc.nat(dims.length).map((dropped): Case => ({ shapes: [dims, dims.slice(dropped)], apply: op("PRelu") })),
);

/** Through float64 and back. */
const castCases = shape.map(
  (dims): Case => ({
    shapes: [dims],
    apply: (builder, [x]) =>
      builder.op("Cast", [builder.op("Cast", [x ?? null], { to: int(11) })], { to: int(1) }),
  }),
);

const dropoutCases = shape.map(
  (dims): Case => ({
    shapes: [dims],
    apply: (builder, [x]) => builder.op("Dropout", [x ?? null, builder.constant(float32([], [0.5]))]),
  }),
);

/** In training mode a ratio of 0 drops nothing. */
const nothingDroppedCases = shape.map(
  (dims): Case => ({
    shapes: [dims],
    apply: (builder, [x]) =>
      builder.op("Dropout", [
        x ?? null,
        builder.constant(float32([], [0])),
        builder.constant({ dtype: "bool", shape: [], data: Uint8Array.of(1) }),
      ]),
  }),
);

const alphas = fc.constantFrom<Attributes[]>({}, { alpha: float(0.5) });

/** Operator -> how it is checked. */
export const elementwiseRules: Rules = {
  Add: [{ cases: binary("Add"), ...linear }],
  Div: [{ cases: divCases, ...smooth }],
  Erf: [{ cases: unary("Erf"), ...smooth }],
  Gelu: [
    { cases: unary("Gelu"), ...smooth },
    { cases: unary("Gelu", fc.constant({ approximate: text("tanh") })), ...smooth },
  ],
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
  Abs: [{ cases: unary("Abs"), ...kinked }],
  Cast: [{ cases: castCases, ...linear }],
  Celu: [{ cases: unary("Celu", alphas), ...smooth, separated: true }],
  Clip: [
    { cases: clipCases, ...kinked },
    { cases: boundCases, ...kinked },
  ],
  Cos: [{ cases: unary("Cos"), ...smooth }],
  Dropout: [
    { cases: dropoutCases, ...linear },
    { cases: nothingDroppedCases, ...linear },
  ],
  Elu: [{ cases: unary("Elu", alphas), ...smooth, separated: true }],
  Exp: [{ cases: unary("Exp"), ...smooth }],
  LeakyRelu: [{ cases: unary("LeakyRelu", alphas), ...kinked }],
  Log: [{ cases: ofPositive("Log"), ...smooth }],
  Max: [{ cases: extremumCases("Max"), ...kinked }],
  Mean: [{ cases: variadic("Mean"), ...linear }],
  Min: [{ cases: extremumCases("Min"), ...kinked }],
  Mish: [{ cases: unary("Mish"), ...smooth }],
  Neg: [{ cases: unary("Neg"), ...linear }],
  PRelu: [{ cases: preluCases, ...kinked }],
  Pow: [{ cases: powCases, ...smooth }],
  Reciprocal: [{ cases: ofPositive("Reciprocal"), ...smooth }],
  Selu: [{ cases: unary("Selu"), ...smooth, separated: true }],
  Sin: [{ cases: unary("Sin"), ...smooth }],
  Softplus: [{ cases: unary("Softplus"), ...smooth }],
  Softsign: [{ cases: unary("Softsign"), ...smooth, separated: true }],
  Sqrt: [{ cases: ofPositive("Sqrt"), ...smooth }],
  Sum: [{ cases: variadic("Sum"), ...linear }],
  Tanh: [{ cases: unary("Tanh"), ...smooth }],
  Where: [{ cases: whereCases, ...kinked }],
};
