/** The registry of shape rules: operator -> types of its outputs. */
import { broadcast, compare, dropout, sameAsInput, where } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { constantOfShape, gather, gatherElements, range, split, tile } from "./indexing.ts";
import { concat, expand, flatten, pad, reshape, slice, squeeze, transpose, unsqueeze } from "./layout.ts";
import { batchNormalization, layerNormalization } from "./normalization.ts";
import { gemm, matMul } from "./product.ts";
import { reduceByEither, reduceByInput } from "./reduce.ts";
import { depthToSpace, resize, spaceToDepth } from "./resampling.ts";
import { describe, type OpCall, type ShapeRule, type ValueType } from "./shape-rule.ts";
import { conv, convTranspose, globalPool, pool } from "./window.ts";

const shapeRules: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...["Identity", "Relu", "Sigmoid", "HardSigmoid", "HardSwish", "Gelu", "Tanh", "Erf", "Softplus"].map(
    (op) => [op, sameAsInput] as const,
  ),
  ...["Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Sign", "Clip", "Sin", "Cos"].map(
    (op) => [op, sameAsInput] as const,
  ),
  ...["LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Softsign", "Mish", "Floor", "Ceil", "Round"].map(
    (op) => [op, sameAsInput] as const,
  ),
  ...["Softmax", "LogSoftmax", "ScatterElements", "ScatterND", "Not"].map((op) => [op, sameAsInput] as const),
  ...["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "Mod"].map(
    (op) => [op, broadcast] as const,
  ),
  ...["And", "Or", "Xor"].map((op) => [op, broadcast] as const),
  ...["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal"].map((op) => [op, compare] as const),
  ["Where", where],
  ["Dropout", dropout],
  ["Cast", cast],
  ["Conv", conv],
  ["ConvTranspose", convTranspose],
  ["MaxPool", pool],
  ["AveragePool", pool],
  ["GlobalAveragePool", globalPool],
  ["GlobalMaxPool", globalPool],
  ...["InstanceNormalization", "GroupNormalization", "LpNormalization", "LRN"].map(
    (op) => [op, sameAsInput] as const,
  ),
  ["BatchNormalization", batchNormalization],
  ["LayerNormalization", layerNormalization],
  ["Gemm", gemm],
  ["MatMul", matMul],
  ["FusedMatMul", matMul],
  ["ReduceSum", reduceByInput],
  ...["Mean", "Max", "Min", "L1", "L2", "SumSquare", "LogSum", "LogSumExp", "Prod"].map(
    (kind) => [`Reduce${kind}`, reduceByEither] as const,
  ),
  ["Reshape", reshape],
  ["Flatten", flatten],
  ["Transpose", transpose],
  ["Concat", concat],
  ["Slice", slice],
  ["Pad", pad],
  ["Expand", expand],
  ["Range", range],
  ["ConstantOfShape", constantOfShape],
  ["Gather", gather],
  ["GatherElements", gatherElements],
  ["Tile", tile],
  ["Split", split],
  ["Resize", resize],
  ["DepthToSpace", depthToSpace],
  ["SpaceToDepth", spaceToDepth],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
]);

/**
 * Infers element types and shapes of a call's outputs.
 *
 * @throws RangeError if the operator has no rule or its inputs do not fit.
 */
export function inferTypes(call: OpCall): readonly ValueType[] {
  const rule = shapeRules.get(call.op);
  if (!rule) throw new RangeError(`${describe(call)}: op must have a shape rule, got "${call.op}"`);
  const types = rule(call);
  if (types.length < call.outputs) {
    throw new RangeError(`${describe(call)}: outputs must be at most ${types.length}, got ${call.outputs}`);
  }
  return types.slice(0, call.outputs);
}
