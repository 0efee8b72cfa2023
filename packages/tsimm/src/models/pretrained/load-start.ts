/** Loads the weights that a model starts from. */

import { printable } from "../../text/printable.ts";
import { copiesInto } from "../../weights/load-state.ts";
import { checkIsHere, noteWritten } from "../../weights/state-elsewhere.ts";
import type { Model } from "../model.ts";
import { adaptWeights } from "./adapt-weights.ts";
import type { StartWeights } from "./model-start.ts";

/**
 * Puts weights into a model, adapted to it.
 *
 * @param where - Function named in errors.
 * @returns What was adapted, one sentence each.
 * @throws Error that names every tensor that does not fit; the model is as it was then.
 */
export function loadStart(where: string, model: Model, { tensors, from }: StartWeights): readonly string[] {
  const adapted = adaptWeights(model, tensors);
  try {
    const copy = copiesInto(model, adapted.tensors);
    checkIsHere("loadState", model);
    copy();
  } catch (error) {
    const reason = (error as Error).message.replace(/^loadState: /, "");
    throw new Error(`${where}: weights from "${printable(from)}" do not fit: ${reason}`, { cause: error });
  }
  noteWritten(model);
  return adapted.notes;
}
