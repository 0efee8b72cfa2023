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
    return {
      shapes: [dims, scale, ...(bias ? [scale] : [])],
      apply: op("LayerNormalization", { axis: int(axis), epsilon: float(0.5) }),
    };
  });

/** Operator -> how it is checked. */
export const normalizationRules: Rules = {
  BatchNormalization: [
    { cases: batchNormalizationCases(false), step: 1, tolerance: 1e-4 },
    { cases: batchNormalizationCases(true), ...smooth },
  ],
  LayerNormalization: [{ cases: layerNormalizationCases, ...smooth }],
};
