import { refusal } from "./errors.ts";
import { type Checks, number, readOptions } from "./options.ts";

/**
 * The value at `t` (epochs or updates, >= 0). The same t always gives the same value.
 *
 * @example
 * const half: Schedule = (t) => 0.1 / (1 + t);
 * sample(half, 2); // => Float64Array.of(0.1, 0.05)
 */
export type Schedule = (t: number) => number;

/** What a schedule's function and its class share. */
export interface ScheduleDefinition<Options extends object> {
  /** How its options are read. */
  readonly checks: Checks<Options>;
  /** Old names of options, each with the new one. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** true: groups start with the value at t = 0; otherwise with their base, as in timm. */
  readonly startsAtSchedule?: boolean;
  /**
   * Makes the schedule of a base value.
   *
   * @param options - Options that `checks` let pass.
   * @param where - Class or function, for messages.
   * @param field - Field of the groups that it drives; `lr` without groups.
   */
  build(options: Options, where: string, field: string): (base: number) => Schedule;
}

const checkBase = number({ atLeast: 0 });

/**
 * The schedule of one base value, with t checked.
 *
 * @param where - Name of the function that is called, for messages.
 * @param definition - Which schedule.
 * @param base - Base value, finite, >= 0.
 * @param options - Its options, not yet read.
 */
export function createSchedule<Options extends object>(
  where: string,
  definition: ScheduleDefinition<Options>,
  base: number,
  options: object,
): Schedule {
  const read = readOptions(where, definition.checks, options, definition.renamed);
  const schedule = definition.build(read, where, "lr")(checkBase(base, where, "base"));
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
