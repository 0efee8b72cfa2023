/** Random applications of the operators in `normalization/`. */
import fc from "fast-check";
import { float, int } from "../../graph/attributes.ts";
import { float32 } from "../../graph/tensor.ts";
import { type Case, op, type Rules, size, smooth } from "./case.fixture.ts";

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
    // Also counted from the end.
    const given = from === 2 ? axis - dims.length : axis;
    return {
      shapes: [dims, scale, ...(bias ? [scale] : [])],
      apply: op("LayerNormalization", { axis: int(given), epsilon: float(0.5) }),
    };
  });

/** Two groups of channels for GroupNormalization. */
const groupCases = (type: "GroupNormalization" | "InstanceNormalization") =>
  fc.tuple(size, size, fc.integer({ min: 2, max: 4 }), size).map(([batch, channels, height, width]): Case => {
    const attributes = { epsilon: float(0.5), ...(type === "GroupNormalization" && { num_groups: int(2) }) };
    return {
      shapes: [[batch, 2 * channels, height, width], [2 * channels], [2 * channels]],
      apply: op(type, attributes),
    };
  });

/** Before opset 21, scale and bias had an entry per group. */
const oldGroupCases = groupCases("GroupNormalization").map(
  ({ shapes: [x = []], apply }): Case => ({ opset: 18, shapes: [x, [2], [2]], apply }),
);

/** Of x + 3, which stays away from 0. */
const lpCases = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 3 }),
    fc.constantFrom(1, 2),
    fc.nat(1),
  )
  .map(
    ([dims, p, axis]): Case => ({
      shapes: [dims],
      apply: (builder, [x]) =>
        builder.op("LpNormalization", [builder.op("Add", [x ?? null, builder.constant(float32([], [3]))])], {
          axis: int(axis),
          p: int(p),
        }),
    }),
  );

const lrnCases = fc.tuple(size, fc.integer({ min: 1, max: 6 }), size, size, fc.constantFrom(1, 3, 5)).map(
  ([batch, channels, height, width, window]): Case => ({
    shapes: [[batch, channels, height, width]],
    apply: op("LRN", { size: int(window), alpha: float(0.5), beta: float(0.75), bias: float(1) }),
  }),
);

/** Operator -> how it is checked. */
export const normalizationRules: Rules = {
  BatchNormalization: [
    { cases: batchNormalizationCases(false), step: 1, tolerance: 1e-4 },
    { cases: batchNormalizationCases(true), ...smooth },
  ],
  LayerNormalization: [{ cases: layerNormalizationCases, ...smooth }],
  GroupNormalization: [
    { cases: groupCases("GroupNormalization"), ...smooth },
    { cases: oldGroupCases, ...smooth },
  ],
  InstanceNormalization: [{ cases: groupCases("InstanceNormalization"), ...smooth }],
  LRN: [{ cases: lrnCases, ...smooth }],
  LpNormalization: [{ cases: lpCases, ...smooth }],
};
