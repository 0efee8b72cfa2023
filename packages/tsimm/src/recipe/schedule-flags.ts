/** Flags of training that describe a schedule, and its rates from them, without an engine or an optimizer. */
import { listSchedules } from "@tsimm/scheduler";
import { type SimulatedSchedule, type SimulationOptions, simulateSchedule } from "../preview/simulate.ts";
import { type ArgumentName, addFlags, type Flag, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { valueProblems } from "./check-arguments.ts";
import { definitionFlagRows } from "./definition-flags.ts";
import { fromFlags } from "./from-flags.ts";
import { builtInNames } from "./generated/built-ins.ts";
import { problemsError } from "./list-problems.ts";
import { resolveArguments } from "./resolve-arguments.ts";

/** Makes the flags of schedules that were registered arguments of training. */
export function addScheduleFlags(): void {
  const registered = listSchedules().filter(({ name }) => !builtInNames.schedule.includes(name));
  addFlags(definitionFlagRows("Schedule", registered));
}

/**
 * The flags of `tsimm train` that describe a schedule, those of registered schedules last: text, range, choices and
 * default by camelCase name.
 *
 * @example
 * const flags = new Map(scheduleFlags());
 * flags.get("warmupEpochs")?.default; // => 5
 */
export function scheduleFlags(): readonly (readonly [ArgumentName, Flag])[] {
  addScheduleFlags();
  const also: readonly ArgumentName[] = ["seed", "evalMetric"];
  return trainFlagRows().filter(
    ([name, { group }]) => also.includes(name) || (group === "Schedule" && name !== "startEpoch"),
  );
}

/**
 * The rates that `tsimm schedule` shows for these flags.
 *
 * @param given - Flags by camelCase name, and the base rate; the others have their defaults.
 * @param updatesPerEpoch - Updates in an epoch; needed where t counts updates, else null will do.
 * @param options - Which t to take.
 * @throws UsageError in the words of the command line, for a value out of its range, or flags that describe no schedule.
 * @example
 * simulateFlags({ sched: "step", lr: 0.1, epochs: 4, decayEpochs: 2, warmupEpochs: 0 }, null).rates;
 * // => Float64Array.of(0.1, 0.1, 0.010000000000000002, 0.010000000000000002)
 */
export function simulateFlags(
  given: Partial<TrainArguments> & { readonly lr: number },
  updatesPerEpoch: number | null,
  options: SimulationOptions = {},
): SimulatedSchedule {
  const { command = "schedule" } = options;
  const problems = valueProblems(scheduleFlags(), given);
  if (problems.length > 0) throw problemsError(command, problems);
  const args = resolveArguments(given);
  const { lr } = given;
  return fromFlags(command, args, () => simulateSchedule({ ...args, lr }, updatesPerEpoch, options));
}
