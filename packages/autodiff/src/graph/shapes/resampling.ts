/** Shapes of operators that change the resolution. */
import { readInt, readInts, readText } from "../attributes.ts";
import {
  describe,
  formatShape,
  normalizeAxis,
  rankedInput,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
} from "./shape-rule.ts";

/** Resize to constant sizes, or by constant scales. */
export const resize: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  const policy = readText(call.attributes, "keep_aspect_ratio_policy", "stretch");
  if (policy !== "stretch") {
    throw new RangeError(`${describe(call)}: keep_aspect_ratio_policy must be stretch, got ${policy}`);
  }
  const axes = readInts(call.attributes, "axes", [...shape.keys()]);
  const coordinates = readText(call.attributes, "coordinate_transformation_mode", "half_pixel");
  if (coordinates === "tf_crop_and_resize") {
    throw new RangeError(
      `${describe(call)}: coordinate_transformation_mode must not be tf_crop_and_resize, got it; slice first`,
    );
  }
  const [scales, sizes] = [2, 3].map((index) => Array.from(call.constant(index)?.data ?? [], Number));
  const given = sizes?.length ? sizes : (scales ?? []);
  if (given.length !== axes.length) {
    throw new RangeError(
      `${describe(call)}: scales or sizes must be constants with ${axes.length} entries, got ${formatShape(given)}`,
    );
  }
  const result = [...shape];
  for (const [index, axis] of axes.entries()) {
    const at = normalizeAxis(call, axis, shape.length);
    const value = given[index] ?? 1;
    result[at] = sizes?.length ? value : Math.floor((shape[at] ?? 0) * value);
  }
  return [{ dtype, shape: result }];
};

/** DepthToSpace: blocks of channels become blocks of pixels. */
export const depthToSpace: ShapeRule = (call) => {
  const { dtype, shape } = rankedInput(call, 0, 4);
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  const block = readInt(call.attributes, "blocksize", 1);
  return [{ dtype, shape: [batch, channels / block ** 2, height * block, width * block] }];
};

/** SpaceToDepth: blocks of pixels become blocks of channels. */
export const spaceToDepth: ShapeRule = (call) => {
  const { dtype, shape } = rankedInput(call, 0, 4);
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  const block = readInt(call.attributes, "blocksize", 1);
  return [{ dtype, shape: [batch, channels * block ** 2, height / block, width / block] }];
};

/** Operator -> shape rule. */
export const resamplingShapes: ShapeRules = {
  DepthToSpace: depthToSpace,
  Resize: resize,
  SpaceToDepth: spaceToDepth,
};
