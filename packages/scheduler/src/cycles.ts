import { finite, refusal } from "./errors.ts";
import { floorDivide } from "./math/floor-division.ts";
import { pow } from "./math/pow.ts";
import { rememberLast } from "./math/remember.ts";
import { type Checks, number } from "./options.ts";
import type { OptimizerLike } from "./param-groups.ts";
import type { Schedule } from "./schedule.ts";
import { Scheduler } from "./scheduler.ts";
import type { SchedulerPlan } from "./scheduler-options.ts";
import { type WarmupOptions, warmupChecks } from "./warmup.ts";

/** Cycles, each a stretched and damped copy of the one before. */
export interface CycleOptions extends WarmupOptions {
  /** Length of the first cycle in t, finite, > 0. */
  readonly tInitial: number;
  /** Value at the end of a cycle and after the last, finite, >= 0, default 0. */
  readonly lrMin?: number;
  /** Factor from a cycle's length to the next one's, finite, > 0, default 1. */
  readonly cycleMul?: number;
  /** Factor from a cycle's highest value to the next one's, finite, >= 0, default 1. */
  readonly cycleDecay?: number;
  /** Number of cycles, an integer >= 0, default 1; 0 means `lrMin` from the start. */
  readonly cycleLimit?: number;
}

/** Cycle options with their defaults. */
export type Cycles = Required<CycleOptions>;

/** Checks of cycle options. */
export const cycleChecks: Checks<Cycles> = {
  tInitial: number({ above: 0, advice: "pass the length of the first cycle" }),
  lrMin: number({ atLeast: 0, fallback: 0 }),
  cycleMul: number({ above: 0, fallback: 1 }),
  cycleDecay: number({ atLeast: 0, fallback: 1 }),
  cycleLimit: number({ atLeast: 0, integer: true, fallback: 1 }),
  ...warmupChecks,
};

/** timm 0.4's names of the options, each with the one of today. */
export const renamedCycleOptions: Readonly<Record<string, string>> = {
  t_mul: "cycleMul",
  tMul: "cycleMul",
  decay_rate: "cycleDecay",
  decayRate: "cycleDecay",
};

/**
 * A schedule that repeats: lrMin + scale × (high - lrMin) × shape with high = base × cycleDecay^i in cycle i,
 * `lrMin` after the last cycle.
 *
 * @param where - Class or function, for messages.
 * @param cycles - The cycles.
 * @param scale - Its inverse is the value of `shape` at the start of a cycle.
 * @param shape - From the t since the start of a cycle, and its length.
 * @returns The schedule of a base value.
 */
export function inCycles(
  where: string,
  cycles: Cycles,
  scale: number,
  shape: (elapsed: number, length: number) => number,
): (base: number) => Schedule {
  const { cycleDecay, cycleMul, cycleLimit, tInitial, lrMin } = cycles;
  const cycleOf = rememberLast((t) => cycleAt(where, cycles, t));
  const decayAfter = rememberLast((index) => pow(cycleDecay, index));
  const growthAfter = rememberLast((index) => pow(cycleMul, index));
  const shapeAt = rememberLast((t) => {
    const index = cycleOf(t);
    const growth = growthAfter(index);
    const length = finite(growth * tInitial, where, "cycleMul", cycleMul);
    return shape(elapsedSince(cycles, t, index, growth, length), length);
  });
  return (base) => {
    // Among the smallest doubles scale × … is rounded so coarsely that the value would cross 0.
    const least = Math.min(base, 0);
    return (t) => {
      const index = cycleOf(t);
      if (!(index < cycleLimit)) return lrMin;
      const high = finite(base * decayAfter(index), where, "cycleDecay", cycleDecay);
      return Math.max(least, lrMin + scale * (high - lrMin) * shapeAt(t));
    };
  };
}

/**
 * A scheduler whose values run in cycles.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new CosineLRScheduler(optimizer, { tInitial: 10, cycleLimit: 3, cycleDecay: 0.5 });
 * scheduler.getCycleLength(); // => 30
 * [0, 10, 20].map((t) => scheduler.valuesAt(t)[0]); // => [0.1, 0.05, 0.025]
 */
export abstract class CyclicScheduler extends Scheduler {
  readonly #cycles: Cycles;

  protected constructor(optimizer: OptimizerLike, plan: SchedulerPlan<Cycles>) {
    super(optimizer, plan);
    this.#cycles = plan.own;
  }

  /**
   * Length in t of some cycles together, with the warm-up where it is a prefix.
   *
   * @param cycles - How many, an integer >= 0; 0 (the default) means `cycleLimit`, at least 1.
   * @returns A whole number if `cycleMul` is not 1.
   */
  getCycleLength(cycles = 0): number {
    const count = number({ atLeast: 0, integer: true })(cycles, this.name, "cycles");
    const { cycleLimit, warmupPrefix, warmupT } = this.#cycles;
    const length = totalLength(this.#cycles, Math.max(1, count || cycleLimit));
    const [option, got] = count ? ["cycles", count] : ["cycleLimit", cycleLimit];
    return finite(length, this.name, option, got) + (warmupPrefix ? warmupT : 0);
  }
}

/** Options that the lengths of cycles depend on. */
type Growth = Pick<Cycles, "tInitial" | "cycleMul">;

/** Length in t of the first `count` cycles together; whole if `cycleMul` is not 1. */
export function totalLength(growth: Growth, count: number): number {
  const end = startOf(growth, count);
  return growth.cycleMul === 1 ? end : Math.floor(end + tolerance(end));
}

/** t at which shrinking cycles have shrunk to nothing, Infinity for others. */
export function endOfShrinking({ tInitial, cycleMul }: Growth): number {
  return cycleMul < 1 ? tInitial / (1 - cycleMul) : Number.POSITIVE_INFINITY;
}

/** Whether no cycle reaches t, because they have shrunk to nothing before. */
export function isPastShrinking(growth: Growth, t: number): boolean {
  if (growth.cycleMul >= 1) return false;
  const end = endOfShrinking(growth);
  return t >= end - tolerance(end);
}

/**
 * Number of the cycle that t is in, counted from 0; `cycleLimit` or more after the last.
 *
 * @param where - Class or function, for messages.
 * @param t - Since the start of the first cycle.
 * @throws RangeError where shrinking cycles have shrunk to nothing.
 */
export function cycleAt(where: string, cycles: Cycles, t: number): number {
  const { tInitial, cycleMul, cycleLimit } = cycles;
  if (cycleMul === 1) return floorDivide(t, tInitial);
  if (isPastShrinking(cycles, t)) {
    const allowed = `< ${endOfShrinking(cycles)} (tInitial / (1 - cycleMul)) after warm-up`;
    throw new RangeError(refusal(where, "t", allowed, t, "end the run at getCycleLength()"));
  }
  if (hasStarted(cycles, cycleLimit, t)) return cycleLimit;
  let past = 1;
  while (hasStarted(cycles, past, t)) past *= 2;
  let index = past >> 1;
  while (past - index > 1) {
    const middle = (index + past) / 2;
    if (hasStarted(cycles, middle, t)) index = middle;
    else past = middle;
  }
  return index;
}

/** t at which cycle n starts: tInitial × (1 + m + … + m^(n-1)). */
function startOf({ tInitial, cycleMul }: Growth, n: number): number {
  if (cycleMul === 1) return tInitial * n;
  if (n === 0) return 0;
  const growth = cycleMul - 1;
  return tInitial * (Math.expm1(n * Math.log1p(growth)) / growth);
}

function hasStarted(cycles: Growth, n: number, t: number): boolean {
  const start = startOf(cycles, n);
  return t >= start - tolerance(start);
}

/** Makes decimals mean what they say: 10 + 11 is 21 although the double 1.1 is a little more than 1.1. */
function tolerance(start: number): number {
  return 1e-12 * Math.max(1, start);
}

/** t since the start of a cycle. */
function elapsedSince(cycles: Cycles, t: number, index: number, growth: number, length: number): number {
  const { tInitial, cycleMul } = cycles;
  if (cycleMul === 1) return t - tInitial * index;
  const elapsed = t - ((1 - growth) / (1 - cycleMul)) * tInitial;
  return Math.min(Math.max(elapsed, 0), length);
}
