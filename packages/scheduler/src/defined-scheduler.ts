import type { ScheduleDefinition } from "./define-schedule.ts";
import { number } from "./options.ts";
import type { OptimizerLike } from "./param-groups.ts";
import { Scheduler } from "./scheduler.ts";
import { planScheduler, type SchedulerOptions } from "./scheduler-options.ts";
import type { WarmupOptions } from "./warmup.ts";

/**
 * A schedule of one's own for parameter groups: a definition with warm-up, units, noise and state.
 *
 * @example
 * const build = ({ rate }: { rate: number }) => (base: number) => (t: number) => base / (1 + rate * t);
 * const decay = defineSchedule({ name: "timedecay", checks: { rate: number({ atLeast: 0 }) }, build });
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * new DefinedScheduler(optimizer, decay, { rate: 0.5 }).step(2);
 * optimizer.paramGroups[0]?.lr; // => 0.05
 */
export class DefinedScheduler<Options extends object> extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param definition - What {@link defineSchedule} returned; its name stands in messages and in the saved state.
   * @param options - Options of the schedule, of its warm-up and of every class.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(
    optimizer: OptimizerLike,
    definition: ScheduleDefinition<Options>,
    options: Partial<Options> & WarmupOptions & SchedulerOptions,
  ) {
    const name = definition.name ?? "DefinedScheduler";
    super(optimizer, planScheduler(name, { ...definition, build: checked(definition) }, options));
  }
}

/** `build` whose values are refused where no group can hold them. */
function checked<Options extends object>(
  definition: ScheduleDefinition<Options>,
): ScheduleDefinition<Options>["build"] {
  return (options, where, field) => {
    const check = number(field === "lr" ? { atLeast: 0 } : {});
    const build = definition.build(options, where, field);
    return (base) => {
      const schedule = build(base);
      return (t) => check(schedule(t), where, "the value at t");
    };
  };
}
