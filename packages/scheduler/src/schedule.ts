import { refusal } from "./errors.ts";
import type { Motion } from "./motion.ts";
import type { Noise } from "./noise.ts";
import { type Checks, number, readOptions } from "./options.ts";
import type { GroupField } from "./param-groups.ts";
import type { SchedulerPlan } from "./scheduler-options.ts";
import { type WarmupOptions, warmupChecks, withWarmup } from "./warmup.ts";

/**
 * The value at `t` (epochs or updates, >= 0). The same t always gives the same value.
 *
 * @example
 * const half: Schedule = (t) => 0.1 / (1 + t);
 * sample(half, 2); // => Float64Array.of(0.1, 0.05)
 */
export type Schedule = (t: number) => number;

/** Options with their defaults, those of the warm-up left out. */
export type Own<Options> = Required<Omit<Options, keyof WarmupOptions>>;

/** The part of a schedule's definition that its function and its class need. */
export interface Curve<Options extends object = object> {
  /** Checks of its options; those of the warm-up come on top unless `ownWarmup`. */
  readonly checks: Checks<Options>;
  /** Old names of options, each with the new one. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** true: groups start with the value at t = 0; false (the default): with their base, as in timm. */
  readonly startsAtSchedule?: boolean;
  /** true: `build` makes the warm-up, from options of `checks`; false (the default): a ramp to the base is added. */
  readonly ownWarmup?: boolean;
  /**
   * Makes the schedule of a base value.
   *
   * @param options - Options that `checks` let pass.
   * @param where - Class or function, for messages.
   * @param field - Field of the groups that it drives; `lr` without groups.
   */
  build(options: Options, where: string, field: string): (base: number) => Schedule;
  /** Makes what sets the groups, before any is changed; absent: they follow the schedule. */
  motion?(plan: SchedulerPlan<Options>, groups: GroupField, noise: Noise): Motion;
}

/** A curve with a linear ramp before it, unless it makes its warm-up itself. */
export function warmedUp<Options extends object>(curve: Curve<Options>): Curve<Options> {
  if (curve.ownWarmup) return curve;
  return {
    ...curve,
    checks: { ...curve.checks, ...warmupChecks },
    build(options, where, field) {
      const build = curve.build(options, where, field);
      return (base) => withWarmup(where, options, base, build(base));
    },
  };
}

const checkBase = number({ atLeast: 0 });

/**
 * The schedule of one base value, with t checked.
 *
 * @param where - Name of the function that is called, for messages.
 * @param curve - Checks and values of the schedule.
 * @param base - Base value, finite, >= 0.
 * @param options - Its options, not yet read.
 */
export function createSchedule(where: string, curve: Curve, base: number, options: object): Schedule {
  const { checks, renamed, build } = warmedUp(curve);
  const read = readOptions(where, checks, options, renamed);
  const schedule = build(read, where, "lr")(checkBase(base, where, "base"));
  return (t) => {
    checkT(t, where, "pass an epoch or a number of updates");
    return schedule(t);
  };
}

/**
 * Refuses a t that is not a finite number >= 0.
 *
 * @param where - Class or function, for the message.
 * @param advice - What to pass.
 */
export function checkT(t: number, where: string, advice: string): void {
  if (typeof t !== "number") throw new TypeError(refusal(where, "t", "a number >= 0", t, advice));
  if (!(t >= 0)) throw new RangeError(refusal(where, "t", ">= 0", t, advice));
  if (t === Number.POSITIVE_INFINITY) throw new RangeError(refusal(where, "t", "finite", t, advice));
}
