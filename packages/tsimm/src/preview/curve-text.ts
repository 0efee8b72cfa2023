/** Curves as text for programs. */
import type { ScheduleEvent } from "./events.ts";
import { everyRate, type SimulatedSchedule } from "./simulate.ts";

/** A schedule with what there is to say of it. */
export interface ScheduleCurve {
  readonly label: string;
  readonly schedule: SimulatedSchedule;
  readonly events: readonly ScheduleEvent[];
  readonly warnings: readonly string[];
}

/** Curves that share one axis. */
export interface ScheduleCurves {
  readonly unit: "epoch" | "update";
  readonly curves: readonly ScheduleCurve[];
  /** true: a logarithmic axis in figures. */
  readonly log: boolean;
}

/**
 * CSV with a line for each t and a column for each curve, empty where it has ended.
 *
 * @example
 * import { curvesCsv, simulateFlags } from "tsimm/plot";
 *
 * const schedule = simulateFlags({ sched: "step", lr: 1, epochs: 3, decayEpochs: 2, warmupEpochs: 0 }, null);
 * const curve = { label: "step", schedule, events: [], warnings: [] };
 * curvesCsv({ unit: "epoch", curves: [curve], log: false }); // => "epoch,step\n0,1\n1,1\n2,0.1\n"
 */
export function curvesCsv({ unit, curves }: ScheduleCurves): string {
  const columns = curves.map(({ schedule }) => everyRate(schedule));
  const length = Math.max(...columns.map((rates) => rates.length));
  const rows = Array.from({ length }, (_, t) => [t, ...columns.map((rates) => rates[t] ?? "")].join(","));
  return `${[[unit, ...curves.map(({ label }) => quoted(label))].join(","), ...rows].join("\n")}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * JSON with the rate of every t, events and warnings of each curve.
 *
 * @example
 * import { curvesJson, scheduleEvents, simulateFlags } from "tsimm/plot";
 *
 * const schedule = simulateFlags({ sched: "step", lr: 1, epochs: 3, decayEpochs: 2, warmupEpochs: 0 }, null);
 * const curve = { label: "step", schedule, events: scheduleEvents(schedule), warnings: [] };
 * const { schedules } = JSON.parse(curvesJson({ unit: "epoch", curves: [curve], log: false }));
 * schedules[0].rates; // => [1, 1, 0.1]
 * schedules[0].events[1]; // => { t: 2, rate: 0.1, what: "rate × 0.1, last epoch" }
 */
export function curvesJson({ unit, curves }: ScheduleCurves): string {
  const plain = curves.map(({ label, schedule, events, warnings }) => {
    const { sched, lr, numEpochs } = schedule;
    return { label, sched, lr, numEpochs, rates: [...everyRate(schedule)], events, warnings };
  });
  return `${JSON.stringify({ unit, schedules: plain })}\n`;
}
