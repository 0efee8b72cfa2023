/** What happens when in a schedule. */
import type { SimulatedSchedule } from "./simulate.ts";

/** Something that happens to the learning rate. */
export interface ScheduleEvent {
  readonly t: number;
  /** The rate from t on, before noise. */
  readonly rate: number;
  readonly what: string;
}

const STEPPED = ["step", "multistep", "plateau"];

/**
 * The events of a run in the order of t, at most one per t: begin, end of the warm-up, decays, restarts, peak,
 * minimum, noise, last t.
 *
 * @param schedule - Rates of a run, at least one.
 */
export function scheduleEvents(schedule: SimulatedSchedule): ScheduleEvent[] {
  const { unit, warmupT, steadyRates } = schedule;
  const whats = new Map<number, string[]>();
  const add = (t: number, what: string) => {
    if (t >= 0 && t < steadyRates.length) whats.set(t, [...(whats.get(t) ?? []), what]);
  };
  add(0, warmupT > 0 ? "warm-up begins" : "start");
  if (warmupT > 0) add(warmupT, "warm-up ends");
  for (const [t, what] of changes(schedule)) add(t, what);
  for (const t of schedule.cycleStarts) if (t > warmupT) add(t, "cycle restarts");
  add(minimumReached(schedule), "minimum reached");
  const [from, to] = noisySpan(schedule);
  add(from, "noise begins");
  add(to, "noise ends");
  add(steadyRates.length - 1, `last ${unit}`);
  return [...whats]
    .sort(([a], [b]) => a - b)
    .map(([t, what]) => ({ t, rate: steadyRates[t] ?? 0, what: what.join(", ") }));
}

/** Decays and peaks after the warm-up. */
function changes({ sched, warmupT, steadyRates }: SimulatedSchedule): [number, string][] {
  const after = [...steadyRates.subarray(warmupT)];
  if (STEPPED.includes(sched)) {
    return after.flatMap((rate, i): [number, string][] => {
      const before = after[i - 1] ?? rate;
      return rate === before ? [] : [[warmupT + i, `rate × ${Number((rate / before).toPrecision(4))}`]];
    });
  }
  if (sched === "onecycle") {
    const peak = after.indexOf(after.reduce((a, b) => Math.max(a, b), 0));
    return peak > 0 ? [[warmupT + peak, "peak"]] : [];
  }
  if (sched === "wsd") {
    const lower = after.findIndex((rate, i) => rate < (after[i - 1] ?? rate));
    return lower > 0 ? [[warmupT + lower - 1, "decay begins"]] : [];
  }
  return [];
}

/** The first t of the minimum that lasts until the end; -1 if it does not. */
function minimumReached({ minLr, warmupT, steadyRates }: SimulatedSchedule): number {
  let t = steadyRates.length;
  while (t > warmupT && steadyRates[t - 1] === minLr) t--;
  return t === steadyRates.length ? -1 : t;
}

/** The first noisy t and the one after the last; -1 without noise. */
function noisySpan({ rates, steadyRates }: SimulatedSchedule): [number, number] {
  const isNoisy = (rate: number, t: number) => rate !== steadyRates[t];
  return [rates.findIndex(isNoisy), rates.findLastIndex(isNoisy) + 1 || -1];
}
