/**
 * ONNX Runtime's operators on channels in blocks: [B, C, H, W] lies in memory as [B, C/block, H, W, block].
 *
 * Its CPU provider puts them into inference graphs itself; the block is as long as a vector register of the processor.
 */
import { readInt } from "../attributes.ts";
import { covers, rankedInput, type ShapeRule, type ShapeRules } from "./shape-rule.ts";
import { conv } from "./window.ts";

/** Operator set of these operators. */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

/** x [B, C, H, W] -> the same in blocks; C is a multiple of the block. */
const reorderInput: ShapeRule = (call) => {
  const { dtype, shape } = rankedInput(call, 0, 4);
  return [{ dtype, shape }];
};

/** x [B, C, H, W] in blocks -> the first `channels` as usual. */
const reorderOutput: ShapeRule = (call) => {
  const { dtype, shape } = rankedInput(call, 0, 4);
  const [batch = 0, channels = 0, ...size] = shape;
  return [{ dtype, shape: [batch, readInt(call.attributes, "channels", channels), ...size] }];
};

export const blockedShapes: ShapeRules = {
  ...covers(reorderInput, `${BLOCKED_DOMAIN}.ReorderInput`),
  ...covers(reorderOutput, `${BLOCKED_DOMAIN}.ReorderOutput`),
  ...covers(conv, `${BLOCKED_DOMAIN}.Conv`),
};
