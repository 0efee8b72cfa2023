/** The registry of shape rules: operator -> types of its outputs. */
import { checkAttributes } from "./attribute-checks.ts";
import { blockedShapes } from "./blocked.ts";
import { broadcastShapes } from "./broadcast.ts";
import { castShapes } from "./cast.ts";
import { einsumShapes } from "./einsum.ts";
import { indexingShapes } from "./indexing.ts";
import { layoutShapes } from "./layout.ts";
import { normalizationShapes } from "./normalization.ts";
import { productShapes } from "./product.ts";
import { reduceShapes } from "./reduce.ts";
import { resamplingShapes } from "./resampling.ts";
import { checkShape, describe, type OpCall, type ShapeRule, type ValueType } from "./shape-rule.ts";
import { windowShapes } from "./window.ts";

/** Each file says which operators it covers. */
const families = [
  blockedShapes,
  broadcastShapes,
  castShapes,
  einsumShapes,
  indexingShapes,
  layoutShapes,
  normalizationShapes,
  productShapes,
  reduceShapes,
  resamplingShapes,
  windowShapes,
];

const shapeRules = new Map<string, ShapeRule>();
for (const family of families) for (const [op, rule] of Object.entries(family)) add(op, rule);

/** Operators whose rule came later: what attributes they may have, it alone knows. */
const registered = new Set<string>();

/**
 * Makes the shape rule of an operator known.
 *
 * @throws RangeError if it has one.
 */
export function registerShape(operator: Pick<OpCall, "op" | "domain">, rule: ShapeRule): void {
  add(qualified(operator), rule);
  registered.add(qualified(operator));
}

function add(op: string, rule: ShapeRule): void {
  if (shapeRules.has(op)) {
    throw new RangeError(`registerShape: op must be an operator without a shape rule, got "${op}"`);
  }
  shapeRules.set(op, rule);
}

/** An operator as messages and maps name it: with its domain in front where that is not `ai.onnx`. */
function qualified({ op, domain = "" }: Pick<OpCall, "op" | "domain">): string {
  return domain === "" ? op : `${domain}.${op}`;
}

/** Whether the types of an operator's outputs can be inferred. */
export function hasShapeRule(operator: Pick<OpCall, "op" | "domain">): boolean {
  return shapeRules.has(qualified(operator));
}

/**
 * Infers element types and shapes of a call's outputs.
 *
 * @throws RangeError if the operator has no rule, or its inputs or attributes do not fit.
 */
export function inferTypes(call: OpCall): readonly ValueType[] {
  const op = qualified(call);
  const rule = shapeRules.get(op);
  if (!rule) {
    throw new RangeError(
      `${describe(call)}: op must be one whose shapes can be inferred, got "${op}"; leave its node out of the model`,
    );
  }
  if (!registered.has(op)) checkAttributes(call);
  const types = rule(call);
  if (types.length < call.outputs) {
    throw new RangeError(`${describe(call)}: outputs must be at most ${types.length}, got ${call.outputs}`);
  }
  for (const { shape } of types) checkShape(`${describe(call)}: output`, shape);
  return types.slice(0, call.outputs);
}
