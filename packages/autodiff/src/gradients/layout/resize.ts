import { readFloat, readInt, readText } from "../../graph/attributes.ts";
import { constantNumbers } from "../constant-input.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import type { GradientContext } from "../gradient-rule.ts";
import { adjointAlong } from "./along-axis.ts";

/**
 * y = x, interpolated along each axis: dy goes back by the same weights.
 *
 * @throws RangeError for antialiasing, cropping and unknown modes.
 */
export const resize: Rule = defineRule({
  op: "Resize",
  gradient(context) {
    const { name, gradient, input, output, attributes } = context;
    const { shape } = input(0);
    if (readInt(attributes, "antialias", 0) !== 0) {
      throw new RangeError(`Resize "${name}": antialias must be 0, got 1; freeze what lies before it`);
    }
    const given = constantNumbers(context, 2) ?? [];
    const axes = attributes["axes"]?.type === "ints" ? attributes["axes"].value : [...shape.keys()];
    let result = gradient;
    for (const [axis, size] of shape.entries()) {
      const length = output.shape[axis] ?? 0;
      const index = axes.findIndex((at) => (at < 0 ? at + shape.length : at) === axis);
      const scale = given.length > 0 ? (given[index] ?? 1) : length / size;
      if (length === size && scale === 1) continue;
      const coordinate = coordinates(context, size, length, scale);
      const weights = interpolation(context, scale);
      result = adjointAlong(context, result, axis, size, (position) =>
        weights(coordinate(position)).map(
          ([at, weight]) => [Math.min(Math.max(at, 0), size - 1), weight] as const,
        ),
      );
    }
    return [result];
  },
});

/** Where an output position lies among the input's pixels. */
function coordinates(
  { name, attributes }: GradientContext,
  size: number,
  length: number,
  scale: number,
): (position: number) => number {
  const mode = readText(attributes, "coordinate_transformation_mode", "half_pixel");
  const halfPixel = (position: number) => (position + 0.5) / scale - 0.5;
  switch (mode) {
    case "half_pixel":
      return halfPixel;
    case "pytorch_half_pixel":
      return length > 1 ? halfPixel : () => 0;
    case "half_pixel_symmetric":
      return (position) => (size / 2) * (1 - length / (scale * size)) + halfPixel(position);
    case "align_corners":
      return (position) => (length > 1 ? (position * (size - 1)) / (length - 1) : 0);
    case "asymmetric":
      return (position) => position / scale;
    default:
      throw new RangeError(
        `Resize "${name}": coordinate_transformation_mode must be half_pixel, pytorch_half_pixel, half_pixel_symmetric, align_corners or asymmetric, got "${mode}"`,
      );
  }
}

/** The pixels that make up the value at a coordinate, with their weights. */
function interpolation(
  { name, attributes }: GradientContext,
  scale: number,
): (x: number) => readonly (readonly [number, number])[] {
  const mode = readText(attributes, "mode", "nearest");
  const excludeOutside = readInt(attributes, "exclude_outside", 0);
  if (mode === "nearest") {
    const rounding = readText(attributes, "nearest_mode", "round_prefer_floor");
    const round = roundings.get(rounding);
    if (round) return (x) => [[round(x), 1]];
    throw new RangeError(
      `Resize "${name}": nearest_mode must be one of ${[...roundings.keys()].join(", ")}, got "${rounding}"`,
    );
  }
  if (mode === "linear") {
    return (x) => {
      const left = Math.floor(x);
      return [
        [left, 1 - (x - left)],
        [left + 1, x - left],
      ];
    };
  }
  if (mode === "cubic" && excludeOutside === 0) {
    const a = readFloat(attributes, "cubic_coeff_a", -0.75);
    return (x) => {
      const left = Math.floor(x);
      return [-1, 0, 1, 2].map((step) => [left + step, cubic(a, Math.abs(x - left - step))]);
    };
  }
  throw new RangeError(
    `Resize "${name}": mode must be nearest, linear or cubic without exclude_outside, got "${mode}" at scale ${scale}; freeze what lies before it`,
  );
}

const roundings: ReadonlyMap<string, (x: number) => number> = new Map([
  ["round_prefer_floor", (x) => Math.ceil(x - 0.5)],
  ["round_prefer_ceil", (x) => Math.floor(x + 0.5)],
  ["floor", Math.floor],
  ["ceil", Math.ceil],
]);

/** Keys' kernel at distance d in [0, 2]. */
function cubic(a: number, d: number): number {
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return a * (((d - 5) * d + 8) * d - 4);
}
