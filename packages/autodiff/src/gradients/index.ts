/** The registry of gradient rules. */
import type { Node } from "../graph/graph.ts";
import { hasShapeRule, registerShape } from "../graph/shapes/index.ts";
import { defineRule, type Rule, type RuleDefinition } from "./define-rule.ts";
import { rules as builtIn } from "./rules.ts";

/** Domain and operator -> rule. */
const registry = new Map<string, Rule>();
for (const rule of builtIn) add("rules", rule);

/** The rule of a node's operator, if there is one. */
export function ruleOf({ op, domain }: Pick<Node, "op" | "domain">): Rule | undefined {
  return registry.get(keyOf(op, domain));
}

/** Every rule, those of the package first. */
export function allRules(): readonly Rule[] {
  return [...new Set(registry.values())];
}

/**
 * Makes the gradient rule of an operator known to {@link trainingGraph} and `trainable`, and its shapes to
 * {@link GraphBuilder}, for as long as the program runs.
 *
 * @throws TypeError or RangeError for a definition that lacks something, an operator that has a rule already, or one
 * whose shapes are known twice or not at all.
 * @example
 * // An operator of one's own, y = x + sin(x): dx = dy (1 + cos(x)).
 * registerRule({
 *   op: "Wave",
 *   domain: "example",
 *   elementwise: true,
 *   shape: sameAsInput,
 *   gradient: ({ gradient, input, math }) => [
 *     math.mul(gradient, math.add(1, math.unary("Cos", input(0)))),
 *   ],
 * });
 * const builder = new GraphBuilder("net");
 * const w = builder.input("w", "float32", [2, 3]);
 * builder.output(builder.op("Wave", [w], {}, { domain: "example" }), "logits");
 * trainingGraph(builder.build(), { parameters: ["w"] }).gradients.get("w"); // => "w.grad"
 */
export function registerRule(definition: RuleDefinition | Rule): void {
  const rule = "ops" in definition ? definition : defineRule(definition);
  const { ops, domain, shape } = rule;
  for (const op of ops) {
    const isKnown = hasShapeRule({ op, domain });
    if (registry.has(keyOf(op, domain))) throw twice("registerRule", op, domain);
    if (isKnown === (shape === undefined)) continue;
    throw new RangeError(
      isKnown
        ? `registerRule: shape of "${keyOf(op, domain)}" must be left out, since graphs know it, got one`
        : `registerRule: shape of "${keyOf(op, domain)}" must be given, since graphs do not know it, got none; sameAsInput is the simplest`,
    );
  }
  if (shape) for (const op of ops) registerShape({ op, domain }, shape);
  add("registerRule", rule);
}

function add(subject: string, rule: Rule): void {
  for (const op of rule.ops) {
    const key = keyOf(op, rule.domain);
    if (registry.has(key)) throw twice(subject, op, rule.domain);
    registry.set(key, rule);
  }
}

function twice(subject: string, op: string, domain: string): RangeError {
  return new RangeError(
    `${subject}: op must be an operator without a gradient rule, got "${keyOf(op, domain)}" that has one; leave it out`,
  );
}

/** An operator as messages and maps name it. */
function keyOf(op: string, domain: string): string {
  return domain === "" || domain === "ai.onnx" ? op : `${domain}.${op}`;
}
