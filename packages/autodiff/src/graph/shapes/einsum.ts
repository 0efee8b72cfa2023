/** Shape of Einsum. */
import { readText } from "../attributes.ts";
import {
  commonType,
  describe,
  formatShape,
  type OpCall,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
} from "./shape-rule.ts";

/** An equation such as `bij,bjk->bik`, a letter per axis. */
export interface Equation {
  readonly terms: readonly string[];
  readonly result: string;
}

/**
 * Parses the equation of an Einsum.
 *
 * @throws RangeError for an ellipsis, and where an input has a letter twice.
 */
export function parseEquation(call: Pick<OpCall, "op" | "name">, equation: string): Equation {
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  // Without an arrow: the letters that occur once, in alphabetical order.
  const letters = terms.join("");
  const once = [...new Set(letters)].filter((letter) => letters.split(letter).length === 2).sort();
  const result = right ?? once.join("");
  const plain = (term: string) => /^[A-Za-z]*$/.test(term) && new Set(term).size === term.length;
  if (![...terms, result].every(plain) || ![...result].every((letter) => letters.includes(letter))) {
    throw new RangeError(
      `${describe(call)}: equation must name each axis of an input by a letter of its own, got "${equation}"`,
    );
  }
  return { terms, result };
}

/** Einsum: each letter of the result has the size that it has in the inputs. */
export const einsum: ShapeRule = (call) => {
  const { terms, result } = parseEquation(call, readText(call.attributes, "equation", ""));
  const sizes = new Map<string, number>();
  for (const index of call.inputs.keys()) {
    const { shape } = requiredInput(call, index);
    const term = terms[index] ?? "";
    for (const [axis, letter] of [...term].entries()) {
      const size = sizes.get(letter) ?? shape[axis];
      if (size === shape[axis] && size !== undefined) sizes.set(letter, size);
    }
    if (term.length !== shape.length || [...term].some((letter, axis) => sizes.get(letter) !== shape[axis])) {
      throw new RangeError(
        `${describe(call)}: input ${index} must fit the term "${term}", got ${formatShape(shape)}`,
      );
    }
  }
  if (call.inputs.length !== terms.length) {
    throw new RangeError(`${describe(call)}: inputs must be ${terms.length}, got ${call.inputs.length}`);
  }
  return [{ dtype: commonType(call), shape: [...result].map((letter) => sizes.get(letter) ?? 1) }];
};

/** Operator -> shape rule. */
export const einsumShapes: ShapeRules = { Einsum: einsum };
