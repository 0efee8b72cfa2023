/** What attributes must be, whatever the operator. */
import type { Attribute } from "../graph.ts";
import { describe, formatShape, type OpCall } from "./shape-rule.ts";

/** Attribute -> its type. A reader takes the default of an attribute of another type, and gives wrong numbers. */
const types: ReadonlyMap<string, Attribute["type"]> = new Map([
  ...list(
    "int",
    "allowzero",
    "antialias",
    "axis",
    "batch_axis",
    "blocksize",
    "ceil_mode",
    "count_include_pad",
  ),
  ...list("int", "exclude_outside", "exclusive", "group", "keepdims", "largest", "noop_with_empty_axes"),
  ...list("int", "num_groups", "num_outputs", "p", "reverse", "size", "spatial", "storage_order", "to"),
  ...list("int", "training_mode", "transA", "transB", "upper"),
  ...list("float", "alpha", "beta", "bias", "cubic_coeff_a", "epsilon", "gamma", "momentum"),
  ...list("ints", "axes", "dilations", "kernel_shape", "output_padding", "output_shape", "pads", "perm"),
  ...list("ints", "split", "strides"),
  ...list("string", "approximate", "auto_pad", "coordinate_transformation_mode", "equation", "mode"),
  ...list("string", "keep_aspect_ratio_policy", "nearest_mode", "reduction"),
]);

/** Attributes that count something. */
const positive: readonly string[] = [
  "blocksize",
  "dilations",
  "group",
  "kernel_shape",
  "num_groups",
  "num_outputs",
  "size",
  "strides",
];

function list<T extends Attribute["type"]>(type: T, ...names: string[]): [string, T][] {
  return names.map((name) => [name, type]);
}

/**
 * Checks types and ranges of a call's attributes.
 *
 * @throws RangeError that names operator, node and attribute.
 */
export function checkAttributes(call: Pick<OpCall, "op" | "name" | "attributes">): void {
  for (const [name, attribute] of Object.entries(call.attributes)) {
    const type = types.get(name);
    if (type === undefined) continue;
    if (attribute.type !== type) {
      throw new RangeError(`${describe(call)}: attribute ${name} must be ${type}, got ${attribute.type}`);
    }
    const numbers =
      attribute.type === "int" ? [attribute.value] : attribute.type === "ints" ? attribute.value : [];
    const low = positive.includes(name) ? 1 : Number.MIN_SAFE_INTEGER;
    if (numbers.every((value) => Number.isSafeInteger(value) && value >= low)) continue;
    const range = low === 1 ? "integers >= 1" : "integers below 2^53";
    throw new RangeError(
      `${describe(call)}: attribute ${name} must be ${range}, got ${formatShape(numbers)}`,
    );
  }
}
