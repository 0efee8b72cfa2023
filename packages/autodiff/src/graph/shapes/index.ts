/** The registry of shape rules: operator -> types of its outputs. */
import { checkAttributes } from "./attribute-checks.ts";
import {
  broadcast,
  compare,
  dropout,
  isCondition,
  power,
  prelu,
  sameAlongAxis,
  sameAsInput,
  where,
} from "./broadcast.ts";
import { cast } from "./cast.ts";
import { einsum } from "./einsum.ts";
import {
  argExtremum,
  constantOfShape,
  gather,
  gatherElements,
  gatherNd,
  range,
  split,
  tile,
  topK,
} from "./indexing.ts";
import { concat, expand, flatten, pad, reshape, slice, squeeze, transpose, unsqueeze } from "./layout.ts";
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
} from "./normalization.ts";
import { gemm, matMul } from "./product.ts";
import { reduceByEither, reduceByInput } from "./reduce.ts";
import { depthToSpace, resize, spaceToDepth } from "./resampling.ts";
import { checkShape, describe, type OpCall, type ShapeRule, type ValueType } from "./shape-rule.ts";
import { conv, convTranspose, globalPool, pool } from "./window.ts";

const shapeRules: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...["Identity", "Relu", "Sigmoid", "HardSigmoid", "HardSwish", "Gelu", "Tanh", "Erf", "Softplus"].map(
    (op) => [op, sameAsInput] as const,
  ),
  ...["Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Sign", "Clip", "Sin", "Cos"].map(
    (op) => [op, sameAsInput] as const,
  ),
  ...["LeakyRelu", "Elu", "Selu", "Celu", "Softsign", "Mish", "Floor", "Ceil", "Round"].map(
    (op) => [op, sameAsInput] as const,
  ),
  ...["ScatterElements", "ScatterND", "Not"].map((op) => [op, sameAsInput] as const),
  ...["Softmax", "LogSoftmax", "LpNormalization"].map((op) => [op, sameAlongAxis] as const),
  ["PRelu", prelu],
  ["Pow", power],
  ...["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Mod"].map((op) => [op, broadcast] as const),
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
  ["LRN", sameAsInput],
  ["InstanceNormalization", instanceNormalization],
  ["GroupNormalization", groupNormalization],
  ["BatchNormalization", batchNormalization],
  ["LayerNormalization", layerNormalization],
  ["Gemm", gemm],
  ["Einsum", einsum],
  ["MatMul", matMul],
  ["com.microsoft.FusedMatMul", matMul],
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
  ["GatherND", gatherNd],
  ["TopK", topK],
  ["ArgMax", argExtremum],
  ["ArgMin", argExtremum],
  ["CumSum", sameAsInput],
  ["Trilu", sameAsInput],
  ["IsNaN", isCondition],
  ["IsInf", isCondition],
  ["Tile", tile],
  ["Split", split],
  ["Resize", resize],
  ["DepthToSpace", depthToSpace],
  ["SpaceToDepth", spaceToDepth],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
]);

/** Whether the types of an operator's outputs can be inferred. */
export function hasShapeRule({ op, domain = "" }: Pick<OpCall, "op" | "domain">): boolean {
  return shapeRules.has(domain === "" ? op : `${domain}.${op}`);
}

/**
 * Infers element types and shapes of a call's outputs.
 *
 * @throws RangeError if the operator has no rule, or its inputs or attributes do not fit.
 */
export function inferTypes(call: OpCall): readonly ValueType[] {
  const { op, domain = "" } = call;
  const qualified = domain === "" ? op : `${domain}.${op}`;
  const rule = shapeRules.get(qualified);
  if (!rule) {
    throw new RangeError(
      `${describe(call)}: op must be one whose shapes can be inferred, got "${qualified}"; leave its node out of the model`,
    );
  }
  checkAttributes(call);
  const types = rule(call);
  if (types.length < call.outputs) {
    throw new RangeError(`${describe(call)}: outputs must be at most ${types.length}, got ${call.outputs}`);
  }
  for (const { shape } of types) checkShape(`${describe(call)}: output`, shape);
  return types.slice(0, call.outputs);
}
