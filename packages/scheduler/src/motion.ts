import type { Noise } from "./noise.ts";
import type { GroupField } from "./param-groups.ts";
import type { Schedule } from "./schedule.ts";
import type { SchedulerPlan } from "./scheduler-options.ts";
import type { SchedulerState } from "./state.ts";

/** Sets the groups of a scheduler. */
export interface Motion {
  /** The value of each group at t, before noise and `lrScale`. */
  valuesAt(t: number): number[];
  /** The draw at t, null where there is none. */
  noiseAt: Noise;
  /** Takes up other base values, one for each group. */
  rebase(baseValues: readonly number[]): void;
  /** Sets the groups to what they have before the first step: base, or the start of the warm-up. */
  begin(): void;
  /**
   * Sets the groups for t.
   *
   * @returns false if nothing is to be done there.
   */
  act(t: number, metric: number | null): boolean;
  /**
   * Sets the groups for a state.
   *
   * @param same - Whether they get what they held when it was saved; otherwise what the plan has at t.
   * @param t - null before the first call.
   */
  restore(state: SchedulerState, same: boolean, t: number | null): void;
  /** Refuses a state that lacks what `save` adds. */
  check?(state: SchedulerState): void;
  /** State beyond t and the groups' values. */
  save?(): Partial<SchedulerState>;
}

/** Groups that follow a function of t. */
export function followCurve(plan: SchedulerPlan, groups: GroupField, noiseAt: Noise): Motion {
  const isRate = plan.options.paramGroupField === "lr";
  let bases: readonly number[] = [];
  let schedules: readonly Schedule[] = [];
  let next = new Float64Array(0);
  const valuesAt = (t: number) => schedules.map((schedule) => schedule(t));
  const begin = () => {
    const starts = Number(plan.saved["warmupT"]) > 0 || plan.startsAtSchedule;
    groups.write(starts ? valuesAt(0) : bases, true);
  };
  const act = (t: number) => {
    const list = schedules;
    const values = next;
    const draw = noiseAt(t);
    let schedule = list[0];
    let value = 0;
    for (let i = 0; i < list.length; i++) {
      // Neighbours mostly share theirs. Starting from undefined instead takes 5 % longer with 100 groups.
      if (i === 0 || list[i] !== schedule) {
        schedule = list[i];
        value = schedule?.(t) ?? 0;
        if (draw !== null) value += value * draw;
      }
      values[i] = value;
    }
    groups.write(values, true);
    return true;
  };
  return {
    valuesAt,
    noiseAt,
    begin,
    act,
    rebase(baseValues) {
      // One for all groups of the same base. What is off stays off: a weight decay of 0.
      const made = new Map(baseValues.map((base) => [base, base || isRate ? plan.build(base) : () => 0]));
      schedules = baseValues.flatMap((base) => made.get(base) ?? []);
      bases = baseValues;
      next = new Float64Array(bases.length);
    },
    restore({ values }, same, t) {
      if (same) groups.write(values, false);
      else if (t === null) begin();
      else act(t);
    },
  };
}
