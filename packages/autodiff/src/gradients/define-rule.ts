/** Definitions of gradient rules: what the package knows of an operator beside its shape. */
import type { ShapeRule } from "../graph/shapes/shape-rule.ts";
import { didYouMean } from "../nearest-name.ts";
import type { GradientRule } from "./gradient-rule.ts";

/** Gradient rule of one operator, or of several that share a formula. */
export interface RuleDefinition {
  /** Operators, e.g. `Relu`. */
  readonly op: string | readonly string[];
  /** Operator set, e.g. `com.microsoft`; absent: `ai.onnx`. */
  readonly domain?: string;
  /** Gradients of the inputs as more nodes; `none`: nothing flows back, as of comparisons and rounding. */
  readonly gradient: GradientRule | "none";
  /** Types of the outputs; needed for operators that graphs do not know yet. */
  readonly shape?: ShapeRule;
  /** Whether every output has a gradient, as of Split; absent: the first alone, and no other may lead to the loss. */
  readonly ofAllOutputs?: boolean;
  /**
   * Inputs that hold weights in a file, position -> what they are called, e.g. `{ 1: "weight", 2: "bias" }`; `operands`:
   * any input may be one, as of Add. Absent: none, constants that the operator reads are settings.
   */
  readonly weights?: Readonly<Record<number, string>> | "operands";
  /** Whether each element of the output is computed from those at its position, inputs broadcast; absent: no. */
  readonly elementwise?: boolean;
}

/** A checked definition. */
export interface Rule {
  readonly ops: readonly string[];
  /** "" is `ai.onnx`. */
  readonly domain: string;
  readonly gradient: GradientRule | "none";
  readonly shape: ShapeRule | undefined;
  readonly ofAllOutputs: boolean;
  /** Position -> name of a weight. */
  readonly weights: ReadonlyMap<number, string>;
  /** Whether any input may be a weight. */
  readonly ofOperands: boolean;
  readonly elementwise: boolean;
}

const keys = {
  op: true,
  domain: true,
  gradient: true,
  shape: true,
  ofAllOutputs: true,
  weights: true,
  elementwise: true,
} as const satisfies Record<keyof RuleDefinition, true>;

/**
 * Defines the gradient rule of an operator. {@link registerRule} makes it known.
 *
 * @throws TypeError or RangeError for a definition that lacks something.
 * @example
 * // y = x^3: dx = 3 dy x^2.
 * const cube = defineRule({
 *   op: "Cube",
 *   domain: "example",
 *   shape: sameAsInput,
 *   gradient: ({ gradient, input, math }) => [
 *     math.mul(gradient, math.mul(math.mul(input(0), input(0)), 3)),
 *   ],
 * });
 * cube.ops; // => ["Cube"]
 */
export function defineRule(definition: RuleDefinition): Rule {
  const { op, domain = "", gradient, shape, ofAllOutputs = false, weights, elementwise = false } = definition;
  const ops = typeof op === "string" ? [op] : op;
  if (!Array.isArray(ops) || ops.length === 0 || !ops.every((name) => typeof name === "string" && name)) {
    throw new TypeError(`defineRule: op must be the name of an operator or a list of names, got ${show(op)}`);
  }
  const twice = ops.find((name, index) => ops.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new RangeError(`defineRule: op must name each operator once, got "${twice}" twice`);
  }
  for (const name of Object.keys(definition)) {
    if (Object.hasOwn(keys, name)) continue;
    const known = Object.keys(keys);
    throw new RangeError(
      `defineRule: properties of ${ops.join(", ")} must be ${known.join(", ")}, got "${name}"${didYouMean(name, known)}`,
    );
  }
  if (typeof domain !== "string") {
    throw new TypeError(`defineRule: domain of ${ops.join(", ")} must be a string, got ${show(domain)}`);
  }
  if (typeof gradient !== "function" && gradient !== "none") {
    throw new TypeError(
      `defineRule: gradient of ${ops.join(", ")} must be a function or "none", got ${show(gradient)}`,
    );
  }
  if (shape !== undefined && typeof shape !== "function") {
    throw new TypeError(`defineRule: shape of ${ops.join(", ")} must be a function, got ${show(shape)}`);
  }
  const named = weights === undefined || weights === "operands" ? {} : weights;
  if (!Object.entries(named).every(([index, name]) => /^\d+$/.test(index) && typeof name === "string")) {
    throw new TypeError(
      `defineRule: weights of ${ops.join(", ")} must be names by position of the input, or "operands", got ${show(weights)}`,
    );
  }
  return {
    ops,
    domain: domain === "ai.onnx" ? "" : domain,
    gradient,
    shape,
    ofAllOutputs,
    weights: new Map(Object.entries(named).map(([index, name]) => [Number(index), name])),
    ofOperands: weights === "operands",
    elementwise,
  };
}

function show(value: unknown): string {
  return value === undefined || typeof value === "number" ? String(value) : JSON.stringify(value);
}
