/** What happens when in a schedule. */
import { findSchedule } from "@tsimm/scheduler";
import type { SimulatedSchedule } from "./simulate.ts";

/** Something that happens to the learning rate. */
export interface ScheduleEvent {
  readonly t: number;
  /** The rate from t on, before noise. */
  readonly rate: number;
  readonly what: string;
}

/**
 * The events of a run in the order of t, at most one per t: begin, end of the warm-up, decays, restarts, peak,
 * minimum, noise, last t.
 *
 * @param schedule - Rates of a run, at least one.
 * @example
 * import { scheduleEvents, simulateFlags } from "tsimm/plot";
 *
 * const schedule = simulateFlags({ sched: "step", lr: 0.1, epochs: 4, decayEpochs: 2, warmupEpochs: 0 }, null);
 * scheduleEvents(schedule).map(({ t, what }) => `${t}: ${what}`);
 * // => ["0: start", "2: rate × 0.1", "3: last epoch"]
 */
export function scheduleEvents(schedule: SimulatedSchedule): ScheduleEvent[] {
  const { unit, length, warmupT, times, steadyRates } = schedule;
  const whats = new Map<number, string[]>();
  const add = (t: number | undefined, what: string) => {
    if (t !== undefined && t >= 0 && t < length) whats.set(t, [...(whats.get(t) ?? []), what]);
  };
  add(0, warmupT > 0 ? "warm-up begins" : "start");
  if (warmupT > 0) add(warmupT, "warm-up ends");
  for (const [i, what] of changes(schedule)) add(times[i], what);
  for (const t of schedule.cycleStarts) if (t > warmupT) add(t, "cycle restarts");
  add(times[minimumReached(schedule)], "minimum reached");
  const [from, to] = noisySpan(schedule);
  add(times[from], "noise begins");
  add(times[to], "noise ends");
  add(length - 1, `last ${unit}`);
  const rateAt = rateLookup(times, steadyRates);
  return [...whats]
    .sort(([a], [b]) => a - b)
    .map(([t, what]) => ({ t, rate: rateAt(t), what: what.join(", ") }));
}

/** The rate in force at t, for ascending t. */
function rateLookup(times: readonly number[], rates: Float64Array): (t: number) => number {
  let i = 0;
  return (t) => {
    while ((times[i + 1] ?? Number.POSITIVE_INFINITY) <= t) i++;
    return rates[i] ?? 0;
  };
}

/** Indices of decays and peaks after the warm-up. */
function changes({ sched, warmupT, times, steadyRates }: SimulatedSchedule): [number, string][] {
  const first = times.findIndex((t) => t >= warmupT);
  if (first < 0) return [];
  const after = [...steadyRates.subarray(first)];
  const { stepped, followsMetric, warmsUp, decaysAtEnd } = findSchedule(sched).traits;
  if (stepped || followsMetric) {
    return after.flatMap((rate, i): [number, string][] => {
      const before = after[i - 1] ?? rate;
      return rate === before ? [] : [[first + i, `rate × ${Number((rate / before).toPrecision(4))}`]];
    });
  }
  if (warmsUp) {
    const peak = after.indexOf(after.reduce((a, b) => Math.max(a, b), 0));
    return peak > 0 ? [[first + peak, "peak"]] : [];
  }
  if (decaysAtEnd) {
    const lower = after.findIndex((rate, i) => rate < (after[i - 1] ?? rate));
    return lower > 0 ? [[first + lower - 1, "decay begins"]] : [];
  }
  return [];
}

/** Index of the first t of the minimum that lasts until the end; -1 if it does not. */
function minimumReached({ minLr, warmupT, times, steadyRates }: SimulatedSchedule): number {
  let i = times.length;
  while (i > 0 && Number(times[i - 1]) >= warmupT && steadyRates[i - 1] === minLr) i--;
  return i === times.length ? -1 : i;
}

/** Index of the first noisy t and of the one after the last; -1 without noise. */
function noisySpan({ rates, steadyRates }: SimulatedSchedule): [number, number] {
  const isNoisy = (rate: number, t: number) => rate !== steadyRates[t];
  return [rates.findIndex(isNoisy), rates.findLastIndex(isNoisy) + 1 || -1];
}
