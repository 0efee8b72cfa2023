import { readInt } from "../../graph/attributes.ts";
import { type Window2d, window2d } from "../../graph/shapes/window.ts";
import { elementCount, float32 } from "../../graph/tensor.ts";
import { limitConstant } from "../constant-size.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import { spreadWindows } from "./spread-windows.ts";

/** y = mean of each window: each of its n pixels receives dy / n. */
export const averagePool: Rule = defineRule({
  op: "AveragePool",
  gradient(context) {
    const { gradient, input, attributes, builder, math } = context;
    const [batch = 0, channels = 0, height = 0, width = 0] = input(0).shape;
    const [, , rows = 0, columns = 0] = gradient.shape;
    const window = window2d(attributes);
    limitConstant(context, elementCount(window.kernel));
    limitConstant(context, rows * columns);
    const countPads = readInt(attributes, "count_include_pad", 0) === 1;
    const vertical = pixelCounts(window, 0, height, rows, countPads);
    const horizontal = pixelCounts(window, 1, width, columns, countPads);
    const shares = vertical.flatMap((tall) => horizontal.map((wide) => 1 / (tall * wide)));
    const share = math.mul(gradient, builder.constant(float32([1, 1, rows, columns], shares)));
    const planes = math.reshape(share, [batch * channels, 1, rows, columns]);
    const ones = builder.constant(
      float32([1, 1, ...window.kernel], new Float32Array(window.kernel[0] * window.kernel[1]).fill(1)),
    );
    const spread = spreadWindows(builder, planes, ones, window, [height, width], 1);
    return [math.reshape(spread, input(0).shape)];
  },
});

/** For each window along one axis, how many pixels it averages. */
function pixelCounts(
  { kernel, strides, dilations, pads }: Window2d,
  axis: 0 | 1,
  size: number,
  windows: number,
  countPads: boolean,
): readonly number[] {
  const [low, high] = countPads ? [-pads[axis], size + pads[axis === 0 ? 2 : 3]] : [0, size];
  return Array.from({ length: windows }, (_, index) => {
    const start = index * strides[axis] - pads[axis];
    const first = Math.max(Math.ceil((low - start) / dilations[axis]), 0);
    const end = Math.min(Math.ceil((high - start) / dilations[axis]), kernel[axis]);
    return end - first;
  });
}
