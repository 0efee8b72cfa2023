/** Names of schedules that are shown together. */
import { type ArgumentName, separated, type TrainArguments, trainFlagRows } from "../recipe/arguments.ts";
import { showValue } from "../recipe/check-arguments.ts";

/** A schedule to name. */
export interface ScheduleToLabel {
  /** As the user wrote it; "" stands for the schedule's name. */
  readonly label: string;
  readonly args: TrainArguments;
}

/**
 * A label for each schedule. Several of one name are told apart by every setting in which they differ, whether
 * it was written for that schedule, for all, or for none of them.
 *
 * @param schedules - What is shown.
 * @returns Labels in the syntax of `--compare`: `step:decay-rate=0.1` and `step:decay-rate=0.5`.
 */
export function scheduleLabels(schedules: readonly ScheduleToLabel[]): string[] {
  return schedules.map(({ label, args }) => {
    const namesakes = schedules.filter((other) => other.args.sched === args.sched);
    const differing = trainFlagRows()
      .map(([name]) => name)
      .filter((name) => namesakes.some((other) => shown(other.args, name) !== shown(args, name)));
    if (differing.length === 0) return label || args.sched;
    return `${args.sched}:${differing.map((name) => setting(args, name)).join(",")}`;
  });
}

function setting(args: TrainArguments, name: ArgumentName): string {
  const value = args[name];
  const flag = separated(name, "-");
  if (typeof value === "boolean") return value ? flag : `no-${flag}`;
  return `${flag}=${value === null ? "none" : shown(args, name).replaceAll(" ", ",")}`;
}

function shown(args: TrainArguments, name: ArgumentName): string {
  return showValue(args[name]);
}
