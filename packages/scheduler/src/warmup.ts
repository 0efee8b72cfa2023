import { finite } from "./errors.ts";
import { boolean, type Checks, number } from "./options.ts";
import type { Schedule } from "./schedule.ts";

/** A linear ramp before a schedule. */
export interface WarmupOptions {
  /** Length of the ramp in t, finite, >= 0; 0 (the default) means no ramp. */
  readonly warmupT?: number;
  /** Value at t = 0 of the ramp, finite, >= 0, default 0; above the base the ramp runs down. */
  readonly warmupLrInit?: number;
  /**
   * true: the schedule starts at the end of the ramp; false (the default): the ramp covers the schedule's
   * first `warmupT`.
   */
  readonly warmupPrefix?: boolean;
}

/** Options that the line depends on. */
export type Ramp = Pick<Required<WarmupOptions>, "warmupT" | "warmupLrInit">;

/** Checks of warm-up options. */
export const warmupChecks: Checks<Required<WarmupOptions>> = {
  warmupT: number({ atLeast: 0, fallback: 0 }),
  warmupLrInit: number({ atLeast: 0, fallback: 0 }),
  warmupPrefix: boolean(false),
};

/**
 * Puts a linear ramp before a schedule.
 *
 * value(t) = warmupLrInit + t × (end - warmupLrInit) / warmupT for t < warmupT, then schedule(T) with
 * T = t - warmupT if `warmupPrefix`, else T = t.
 *
 * @param where - Class or function, for messages.
 * @param warmup - The ramp.
 * @param end - Value that the ramp runs to.
 * @param schedule - What follows.
 */
export function withWarmup(where: string, warmup: WarmupOptions, end: number, schedule: Schedule): Schedule {
  const { warmupT, warmupPrefix } = warmup;
  if (!warmupT) return schedule;
  const rampAt = ramp(where, warmup, end);
  const shift = warmupPrefix ? warmupT : 0;
  return (t) => (t < warmupT ? rampAt(t) : schedule(t - shift));
}

/**
 * The line from `warmupLrInit` at t = 0 to a value at `warmupT`.
 *
 * @param where - Class or function, for messages.
 * @param warmup - Start and length, > 0.
 * @param end - Value at the end.
 */
export function ramp(where: string, { warmupT = 0, warmupLrInit = 0 }: WarmupOptions, end: number): Schedule {
  const slope = finite((end - warmupLrInit) / warmupT, where, "warmupT", warmupT);
  // Among the smallest doubles the slope is rounded so coarsely that the line would cross 0.
  const least = Math.min(end, 0);
  return (t) => Math.max(least, warmupLrInit + t * slope);
}
