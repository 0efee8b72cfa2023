/** Arguments that a program adds to training by registering definitions with flags. */
import { optimizerDefinitions } from "../optim/optimizers.ts";
import { taskDefinitions } from "../task/tasks.ts";
import { addFlags } from "./arguments.ts";
import { definitionFlagRows, type FlaggedDefinition } from "./definition-flags.ts";
import { builtInNames } from "./generated/built-ins.ts";
import { addScheduleFlags } from "./schedule-flags.ts";

/**
 * Types of the arguments that registered definitions bring, for the compiler alone: `train` takes what is declared here.
 *
 *     declare module "tsimm" {
 *       interface RegisteredArguments {
 *         readonly halfLife: number;
 *       }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: users merge their arguments into it.
export interface RegisteredArguments {}

/**
 * Makes the flags of registered schedules, optimizers and tasks arguments of training.
 *
 * @throws RangeError for a flag that an argument or another definition has in another meaning.
 */
export function addRegisteredFlags(): void {
  const { optimizer, task } = builtInNames;
  addScheduleFlags();
  addFlags(definitionFlagRows("Optimizer", registered(optimizerDefinitions(), optimizer)));
  addFlags(definitionFlagRows("Augmentation and loss", registered(taskDefinitions(), task)));
}

function registered(
  definitions: readonly FlaggedDefinition[],
  builtIn: readonly string[],
): readonly FlaggedDefinition[] {
  return definitions.filter(({ name }) => name === null || !builtIn.includes(name));
}
