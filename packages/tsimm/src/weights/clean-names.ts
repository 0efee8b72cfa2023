/** Names of tensors as other programs wrap them. */
import type { SafeTensor, SafeTensors } from "./safetensors.ts";

/** Parts of a checkpoint that hold weights, the average first, as timm takes them. */
const PARTS = ["state_dict_ema.", "model_ema.", "ema.", "state_dict.", "model."];
/** Wrappers of a model: for several devices, and compiled. */
const WRAPPERS = /^((module|_orig_mod)\.)+/;

/**
 * Takes the weights out of a checkpoint, and off the names what a wrapper of the model adds.
 *
 * @param tensors - By name.
 * @param known - Names that the model has; they stay as they are.
 */
export function cleanNames(tensors: SafeTensors, known: ReadonlySet<string>): Map<string, SafeTensor> {
  const names = [...tensors.keys()];
  const part = PARTS.find(
    (prefix) =>
      names.some((name) => name.startsWith(prefix)) && ![...known].some((name) => name.startsWith(prefix)),
  );
  const cleaned = new Map<string, SafeTensor>();
  for (const [name, tensor] of tensors) {
    if (known.has(name)) cleaned.set(name, tensor);
    else if (part === undefined) cleaned.set(name.replace(WRAPPERS, ""), tensor);
    else if (name.startsWith(part)) cleaned.set(name.slice(part.length).replace(WRAPPERS, ""), tensor);
  }
  return cleaned;
}
