/** Shapes of normalizations. */
import { readInt } from "../attributes.ts";
import { sameAsInput } from "./broadcast.ts";
import {
  commonType,
  describe,
  formatShape,
  normalizeAxis,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
  shapedInput,
} from "./shape-rule.ts";

/** BatchNormalization: y like x [B, C, ...]; in training mode also mean and variance, [C]. */
export const batchNormalization: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const channels = x.shape[1] ?? 0;
  commonType(call);
  if (readInt(call.attributes, "spatial", 1) !== 1) {
    throw new RangeError(`${describe(call)}: attribute spatial must be 1, got 0; export the model anew`);
  }
  for (const [index, name] of ["scale", "bias", "mean", "variance"].entries()) {
    shapedInput(call, index + 1, name, [channels]);
  }
  const statistics = { dtype: x.dtype, shape: [channels] };
  return [{ dtype: x.dtype, shape: x.shape }, statistics, statistics];
};

/** LayerNormalization: y like x; mean and inverse deviation with the normalized axes of size 1. */
export const layerNormalization: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const axis = normalizeAxis(call, readInt(call.attributes, "axis", -1), x.shape.length);
  const normalized = x.shape.slice(axis);
  for (const [index, name] of ["scale", "bias"].entries()) {
    if (index === 1 && !call.inputs[2]) continue;
    const { shape } = requiredInput(call, index + 1);
    const fits = (size: number, at: number) =>
      size === 1 || size === x.shape[at + x.shape.length - shape.length];
    if (shape.length > x.shape.length || !shape.every(fits)) {
      throw new RangeError(
        `${describe(call)}: ${name} must have shape ${formatShape(normalized)}, got ${formatShape(shape)}`,
      );
    }
  }
  commonType(call);
  const statistics = { dtype: x.dtype, shape: x.shape.map((size, at) => (at < axis ? size : 1)) };
  return [{ dtype: x.dtype, shape: x.shape }, statistics, statistics];
};

/** InstanceNormalization: y like x [B, C, ...]; scale and bias [C]. */
export const instanceNormalization: ShapeRule = (call) => {
  const { shape } = requiredInput(call, 0);
  for (const [index, name] of ["scale", "bias"].entries())
    shapedInput(call, index + 1, name, [shape[1] ?? 0]);
  return [{ dtype: commonType(call), shape }];
};

/** GroupNormalization: y like x [B, C, ...]; scale and bias [C], or an entry per group as before opset 21. */
export const groupNormalization: ShapeRule = (call) => {
  const { shape } = requiredInput(call, 0);
  const channels = shape[1] ?? 0;
  const groups = readInt(call.attributes, "num_groups", 1);
  if (channels % groups !== 0) {
    throw new RangeError(`${describe(call)}: num_groups must divide ${channels} channels, got ${groups}`);
  }
  const units = requiredInput(call, 1).shape[0] === groups ? groups : channels;
  for (const [index, name] of ["scale", "bias"].entries()) shapedInput(call, index + 1, name, [units]);
  return [{ dtype: commonType(call), shape }];
};

/** Operator -> shape rule. */
export const normalizationShapes: ShapeRules = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: sameAsInput,
  LayerNormalization: layerNormalization,
};
