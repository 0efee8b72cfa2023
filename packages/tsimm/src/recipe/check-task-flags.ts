/** Flags that the task of a run does not use. */

import type { TaskDefinition } from "../task/task.ts";
import { taskDefinitions } from "../task/tasks.ts";
import { UsageError } from "../usage-error.ts";
import { findFlag, separated, type TrainArguments } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";

/**
 * Refuses flags of other tasks, which would have no effect. The value that a flag has anyway counts as not given, as it
 * stands in every `args.yaml`.
 *
 * @param given - What was given explicitly.
 * @param task - Name of the task.
 * @throws UsageError that names the flag and the tasks that use it.
 */
export function checkTaskFlags(given: Partial<TrainArguments>, task: string): void {
  const definitions = taskDefinitions();
  for (const [name, value] of Object.entries(given)) {
    const users = definitions.filter((definition) => argumentsOf(definition).includes(name));
    const isDefault = JSON.stringify(value) === JSON.stringify(findFlag(name)?.default);
    if (value === undefined || value === null || isDefault || users.length === 0) continue;
    if (users.some((definition) => definition.name === task)) continue;
    const others = users.map((definition) => definition.name).join(" or ");
    throw new UsageError(
      `train: --${separated(name, "-")} must be left out with --task ${task}, got ${showValue(value)}; it is for --task ${others}`,
    );
  }
}

/** Arguments that a task uses and not every other one does. */
function argumentsOf({ labels, fromArguments = {}, flags = {} }: TaskDefinition): readonly string[] {
  // Only labels that are no numbers have classes to balance.
  const sampling = labels === "number" ? [] : ["balancedSampling"];
  return [...sampling, ...Object.values(fromArguments).flat(), ...Object.keys(flags)];
}
