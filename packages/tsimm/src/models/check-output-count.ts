/** Check that a model has as many outputs as a task. */
import type { Model } from "./model.ts";

/**
 * Refuses a model with another number of outputs than a task has.
 *
 * @param where - Function named in the error.
 * @param outputs - Outputs of the task.
 * @param task - Its name.
 * @throws RangeError with both numbers.
 */
export function checkOutputCount(
  where: string,
  { name, numClasses }: Pick<Model, "name" | "numClasses">,
  outputs: number,
  task: string,
): void {
  if (numClasses === outputs) return;
  throw new RangeError(
    `${where}: task must have the ${numClasses} outputs of ${name}, got ${outputs} (${task}); create the model with numClasses ${outputs}`,
  );
}
