/** Loads the weights that a model starts from. */

import { printable } from "../../text/printable.ts";
import { loadState } from "../../weights/load-state.ts";
import type { SafeTensors } from "../../weights/safetensors.ts";
import type { Model } from "../model.ts";
import { type AdaptOptions, adaptWeights } from "./adapt-weights.ts";
import type { StartWeights } from "./model-start.ts";

/**
 * Puts weights into a model, adapted to it.
 *
 * @param where - Function named in errors.
 * @returns What was adapted, one sentence each.
 * @throws Error that names every tensor that does not fit; the model is as it was then.
 */
export function loadStart(
  where: string,
  model: Model,
  { tensors, from, option }: StartWeights,
): readonly string[] {
  try {
    return loadAdapted(model, tensors);
  } catch (error) {
    const reason = (error as Error).message.replace(/^loadState: /, "");
    const shown = `"${printable(from)}"`;
    const got = option === "pretrained" ? `those of ${shown}` : shown;
    throw new Error(`${where}: ${option} must give weights that fit ${model.name}, got ${got} (${reason})`, {
      cause: error,
    });
  }
}

/**
 * Puts the tensors of any file into a model.
 *
 * @param options - What may be adapted.
 * @returns What was adapted, one sentence each.
 * @throws Error that names every tensor that does not fit; the model is as it was then.
 */
export function loadAdapted(
  model: Model,
  tensors: SafeTensors,
  options: AdaptOptions = {},
): readonly string[] {
  const adapted = adaptWeights(model, tensors, options);
  loadState(model, adapted.tensors);
  return adapted.notes;
}
