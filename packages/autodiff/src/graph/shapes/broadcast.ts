/** Shapes of operators that work element by element. */
import { readInt } from "../attributes.ts";
import {
  commonType,
  covers,
  describe,
  formatShape,
  normalizeAxis,
  type OpCall,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
} from "./shape-rule.ts";

/**
 * One output like the first input: Relu, Sigmoid, Identity ...
 *
 * @example
 * const x = { name: "x", dtype: "float32", shape: [2, 3] };
 * const call = { op: "Relu", name: "act", inputs: [x], attributes: {}, outputs: 1, constant: () => undefined };
 * sameAsInput(call); // => [{ dtype: "float32", shape: [2, 3] }]
 */
export const sameAsInput: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  return [{ dtype, shape }];
};

/** Numpy broadcasting over all inputs: Add, Mul, Where ... */
export const broadcast: ShapeRule = (call) => [{ dtype: commonType(call), shape: broadcastShape(call) }];

/** Pow: broadcasting, the type of the base. */
export const power: ShapeRule = (call) => [
  { dtype: requiredInput(call, 0).dtype, shape: broadcastShape(call) },
];

/** PRelu: the slope broadcasts to the input. */
export const prelu: ShapeRule = (call) => {
  const { shape } = requiredInput(call, 0);
  const dtype = commonType(call);
  if (broadcastShape(call).join() !== shape.join()) {
    throw new RangeError(
      `${describe(call)}: slope must broadcast to ${formatShape(shape)}, got ${formatShape(requiredInput(call, 1).shape)}`,
    );
  }
  return [{ dtype, shape }];
};

/** Softmax and its kin: like the input, along one of its axes. */
export const sameAlongAxis: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  normalizeAxis(call, readInt(call.attributes, "axis", -1), shape.length);
  return [{ dtype, shape }];
};

/** Comparison: broadcasting, bool. */
export const compare: ShapeRule = (call) => {
  commonType(call);
  return [{ dtype: "bool", shape: broadcastShape(call) }];
};

/** One condition per element of the input. */
export const isCondition: ShapeRule = (call) => [{ dtype: "bool", shape: requiredInput(call, 0).shape }];

/** Where(condition, x, y): the type of x. */
export const where: ShapeRule = (call) => {
  const { dtype } = requiredInput(call, 0);
  if (dtype !== "bool") {
    throw new RangeError(`${describe(call)}: condition must be bool, got ${dtype}; cast it`);
  }
  return [{ dtype: commonType(call, 1), shape: broadcastShape(call) }];
};

/** Dropout: y like x, and which elements were kept. */
export const dropout: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  return [
    { dtype, shape },
    { dtype: "bool", shape },
  ];
};

function broadcastShape(call: OpCall): readonly number[] {
  return call.inputs
    .map((_, index) => requiredInput(call, index).shape)
    .reduce((a, b) => {
      const rank = Math.max(a.length, b.length);
      return Array.from({ length: rank }, (_, axis) => {
        const left = a[axis - rank + a.length] ?? 1;
        const right = b[axis - rank + b.length] ?? 1;
        if (left !== right && left !== 1 && right !== 1) {
          throw new RangeError(
            `${describe(call)}: shapes must broadcast, got ${formatShape(a)} and ${formatShape(b)}`,
          );
        }
        return left === 1 ? right : left;
      });
    });
}

/** Operator -> shape rule. */
export const broadcastShapes: ShapeRules = {
  ...covers(
    sameAsInput,
    "Abs",
    "Celu",
    "Ceil",
    "Clip",
    "Cos",
    "Elu",
    "Erf",
    "Exp",
    "Floor",
    "Gelu",
    "HardSigmoid",
  ),
  ...covers(
    sameAsInput,
    "HardSwish",
    "Identity",
    "LeakyRelu",
    "Log",
    "Mish",
    "Neg",
    "Not",
    "Reciprocal",
    "Relu",
  ),
  ...covers(sameAsInput, "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt", "Tanh"),
  ...covers(broadcast, "Add", "And", "Div", "Max", "Mean", "Min", "Mod", "Mul", "Or", "Sub", "Sum", "Xor"),
  ...covers(compare, "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"),
  ...covers(isCondition, "IsInf", "IsNaN"),
  ...covers(sameAlongAxis, "LogSoftmax", "LpNormalization", "Softmax"),
  Dropout: dropout,
  PRelu: prelu,
  Pow: power,
  Where: where,
};
