/** Checks that the factories of losses share. */
import { arithmetic } from "../graph/arithmetic.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { float32 } from "../graph/tensor.ts";
import { didYouMean } from "../nearest-name.ts";

/**
 * Checks the names of a factory's options.
 *
 * @throws RangeError for a name that is none of the allowed ones.
 */
export function checkLossOptions(factory: string, options: object, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    throw new RangeError(
      `${factory}: option must be one of ${names.join(", ")}, got "${name}"${didYouMean(name, names)}`,
    );
  }
}

/**
 * Checks one weight per class.
 *
 * @param subject - Factory and option, for the message.
 * @throws RangeError unless the weights are finite and >= 0, and one is > 0.
 */
export function checkClassWeights(subject: string, weights: readonly number[]): void {
  const fits = Array.isArray(weights) && weights.every((weight) => weight >= 0 && Number.isFinite(weight));
  if (fits && weights.some((weight) => weight > 0)) return;
  throw new RangeError(`${subject} must be finite numbers >= 0, one of them > 0, got ${show(weights)}`);
}

/**
 * Weights of the classes, the last axis of the logits, as a constant [C].
 *
 * @param subject - Factory and option, for the message.
 * @param weights - One for all classes, or one per class.
 * @throws RangeError for a list that has not one weight per class.
 */
export function perClass(
  builder: GraphBuilder,
  subject: string,
  weights: number | readonly number[],
  { shape }: Value,
): Value {
  if (typeof weights === "number") return arithmetic(builder).constant(weights);
  const classes = shape.at(-1) ?? 1;
  if (weights.length !== classes) {
    throw new RangeError(`${subject} must have one entry per class, ${classes}, got ${weights.length}`);
  }
  return builder.constant(float32([classes], weights));
}

/** A value as messages show it, a long list cut. */
export function show(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === "string" ? JSON.stringify(value) : String(value);
  const more = value.length > 16 ? `, ... ${value.length} in all` : "";
  return `[${value.slice(0, 16).map(String).join(", ")}${more}]`;
}
