/** Shapes of normalizations. */
import { readInt } from "../attributes.ts";
import { describe, formatShape, normalizeAxis, requiredInput, type ShapeRule } from "./shape-rule.ts";

/** BatchNormalization: y like x [B, C, ...]; in training mode also mean and variance, [C]. */
export const batchNormalization: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const channels = x.shape[1] ?? 0;
  for (const [index, name] of ["scale", "bias", "mean", "variance"].entries()) {
    const { shape } = requiredInput(call, index + 1);
    if (shape.length !== 1 || shape[0] !== channels) {
      throw new RangeError(
        `${describe(call)}: ${name} must have shape [${channels}], got ${formatShape(shape)}`,
      );
    }
  }
  const statistics = { dtype: x.dtype, shape: [channels] };
  return [{ dtype: x.dtype, shape: x.shape }, statistics, statistics];
};

/** LayerNormalization: y like x; mean and inverse deviation with the normalized axes of size 1. */
export const layerNormalization: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const axis = normalizeAxis(call, readInt(call.attributes, "axis", -1), x.shape.length);
  const statistics = { dtype: x.dtype, shape: x.shape.map((size, at) => (at < axis ? size : 1)) };
  return [{ dtype: x.dtype, shape: x.shape }, statistics, statistics];
};
