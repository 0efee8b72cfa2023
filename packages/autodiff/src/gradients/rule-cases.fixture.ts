/** Random applications of every operator that has a gradient rule. */
import fc from "fast-check";
import { float, int, ints } from "../graph/attributes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Attributes, Value } from "../graph/graph.ts";
import { float32, int64 } from "../graph/tensor.ts";

/** One random application of an operator. */
export interface Case {
  /** Shapes of the inputs that are differentiated. */
  readonly shapes: readonly (readonly number[])[];
  /** Adds the operator. */
  apply(builder: GraphBuilder, inputs: Value[]): Value;
}

/** How an operator is differentiated numerically. */
export interface Rule {
  readonly cases: fc.Arbitrary<Case>;
  /** h. */
  readonly step: number;
  /** Relative to the largest sum of |dx v|. */
  readonly tolerance: number;
  /** Keeps elements apart, so that no maximum and no kink lies between x - h v and x + h v. */
  readonly separated?: boolean;
}

const size = fc.integer({ min: 1, max: 4 });
const shape = fc.array(size, { minLength: 1, maxLength: 4 });
const linear = { step: 1, tolerance: 1e-5 };
const smooth = { step: 1e-2, tolerance: 2e-3 };
// Pieces are at most quadratic, where the central difference is exact.
const kinked = { step: 2 ** -5, tolerance: 1e-4, separated: true };

const op =
  (type: string, attributes: Attributes = {}): Case["apply"] =>
  (builder, inputs) =>
    builder.op(type, inputs, attributes);

const elementwise = (type: string, attributes: fc.Arbitrary<Attributes> = fc.constant({})) =>
  fc.tuple(shape, attributes).map(([dims, given]): Case => ({ shapes: [dims], apply: op(type, given) }));

/** Two shapes that broadcast: axes of size 1 and missing leading axes on either side. */
const broadcastPair = shape.chain((dims) =>
  fc
    .array(fc.constantFrom("both", "left", "right"), { minLength: dims.length, maxLength: dims.length })
    .chain((sides) =>
      fc.tuple(fc.nat(dims.length), fc.boolean()).map(([dropped, fromLeft]): [number[], number[]] => {
        const left = dims.map((length, axis) => (sides[axis] === "right" ? 1 : length));
        const right = dims.map((length, axis) => (sides[axis] === "left" ? 1 : length));
        return fromLeft ? [left.slice(dropped), right] : [left, right.slice(dropped)];
      }),
    ),
);

const binary = (type: string) => broadcastPair.map((shapes): Case => ({ shapes, apply: op(type) }));

/** Divisors in [2, 4]. */
const divCases = broadcastPair.map(
  (shapes): Case => ({
    shapes,
    apply: (builder, [a, b]) =>
      builder.op("Div", [a ?? null, builder.op("Add", [b ?? null, builder.constant(float32([], [3]))])]),
  }),
);

/** Geometry of a sliding window that fits its image. */
const geometry = fc
  .record({
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
    height: fc.integer({ min: 5, max: 9 }),
    width: fc.integer({ min: 5, max: 9 }),
    batch: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ kernel, strides, dilations, pads, ...rest }) => ({
    kernel,
    rest,
    attributes: { strides: ints(...strides), dilations: ints(...dilations), pads: ints(...pads) },
  }));

const convCases = fc
  .record({
    geometry,
    groups: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 3 }),
    bias: fc.boolean(),
  })
  .map(({ geometry: { kernel, attributes, rest }, groups, filters, bias }): Case => {
    const { batch, channels, height, width } = rest;
    const shapes = [
      [batch, channels * groups, height, width],
      [filters * groups, channels, ...kernel],
      ...(bias ? [[filters * groups]] : []),
    ];
    return { shapes, apply: op("Conv", { ...attributes, group: int(groups) }) };
  });

const poolCases = (type: string, more: fc.Arbitrary<Attributes>) =>
  fc.tuple(geometry, more).map(([{ kernel, attributes, rest }, given]): Case => {
    const { batch, channels, height, width } = rest;
    const [vertical, horizontal] = kernel;
    // Padding must stay below the window.
    const pads = ints(
      ...[vertical, horizontal, vertical, horizontal].map((length) => Math.floor(length / 2)),
    );
    const geometryAttributes = { kernel_shape: ints(...kernel), strides: attributes.strides, pads };
    return {
      shapes: [[batch, channels, height, width]],
      apply: op(type, { ...geometryAttributes, ...given }),
    };
  });

/** An epsilon of 0.5 keeps normalizations smooth where all elements are nearly equal. */
const batchNormalizationCases = (training: boolean) =>
  fc.tuple(fc.integer({ min: 2, max: 4 }), size, fc.integer({ min: 2, max: 4 }), size).map((dims): Case => {
    const [, channels] = dims;
    const filled = (value: number) => float32([channels], new Float32Array(channels).fill(value));
    return {
      shapes: [dims, [channels], [channels]],
      apply(builder, inputs) {
        const statistics = [
          builder.constant(filled(0.1), "mean0"),
          builder.constant(filled(1.5), "variance0"),
        ];
        return builder.op(
          "BatchNormalization",
          [...inputs, ...statistics],
          training ? { training_mode: int(1), momentum: float(0), epsilon: float(0.5) } : {},
          { name: "bn" },
        );
      },
    };
  });

const layerNormalizationCases = fc
  .tuple(fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 2, maxLength: 3 }), fc.nat(2), fc.boolean())
  .map(([dims, from, bias]): Case => {
    const axis = from % dims.length;
    const scale = dims.slice(axis);
    return {
      shapes: [dims, scale, ...(bias ? [scale] : [])],
      apply: op("LayerNormalization", { axis: int(axis), epsilon: float(0.5) }),
    };
  });

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
export const rules: Readonly<Record<string, readonly Rule[]>> = {
  Add: [{ cases: binary("Add"), ...linear }],
  AveragePool: [
    {
      cases: poolCases(
        "AveragePool",
        fc.constantFrom<Attributes[]>({}, { ceil_mode: int(1) }, { count_include_pad: int(1) }),
      ),
      ...linear,
    },
  ],
  BatchNormalization: [
    { cases: batchNormalizationCases(false), step: 1, tolerance: 1e-4 },
    { cases: batchNormalizationCases(true), ...smooth },
  ],
  Concat: [{ cases: concatCases, ...linear }],
  Conv: [{ cases: convCases, ...linear }],
  Div: [{ cases: divCases, ...smooth }],
  Erf: [{ cases: elementwise("Erf"), ...smooth }],
  Flatten: [
    {
      cases: shape.map(
        (dims): Case => ({ shapes: [dims], apply: op("Flatten", { axis: int(dims.length >> 1) }) }),
      ),
      ...linear,
    },
  ],
  Gelu: [{ cases: elementwise("Gelu"), ...smooth }],
  Gemm: [{ cases: gemmCases, ...linear }],
  GlobalAveragePool: [
    {
      cases: fc
        .tuple(size, size, size, size)
        .map((dims): Case => ({ shapes: [dims], apply: op("GlobalAveragePool") })),
      ...linear,
    },
  ],
  HardSigmoid: [
    {
      cases: elementwise(
        "HardSigmoid",
        fc.constantFrom<Attributes[]>({}, { alpha: float(0.75), beta: float(0.3125) }),
      ),
      ...kinked,
    },
  ],
  HardSwish: [{ cases: elementwise("HardSwish"), ...kinked }],
  Identity: [{ cases: elementwise("Identity"), ...linear }],
  LayerNormalization: [{ cases: layerNormalizationCases, ...smooth }],
  MatMul: [{ cases: matMulCases, ...linear }],
  MaxPool: [{ cases: poolCases("MaxPool", fc.constant({})), ...kinked }],
  Mul: [{ cases: binary("Mul"), ...linear }],
  Relu: [{ cases: elementwise("Relu"), ...kinked }],
  Reshape: [{ cases: reshapeCases, ...linear }],
  Sigmoid: [{ cases: elementwise("Sigmoid"), ...smooth }],
  Sub: [{ cases: binary("Sub"), ...linear }],
  Transpose: [{ cases: transposeCases, ...linear }],
};
