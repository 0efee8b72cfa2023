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

/** CSV with a line for each t and a column for each curve, empty where it has ended. */
export function curvesCsv({ unit, curves }: ScheduleCurves): string {
  const columns = curves.map(({ schedule }) => everyRate(schedule));
  const length = Math.max(...columns.map((rates) => rates.length));
  const rows = Array.from({ length }, (_, t) => [t, ...columns.map((rates) => rates[t] ?? "")].join(","));
  return `${[[unit, ...curves.map(({ label }) => quoted(label))].join(","), ...rows].join("\n")}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** JSON with the rate of every t, events and warnings of each curve. */
export function curvesJson({ unit, curves }: ScheduleCurves): string {
  const plain = curves.map(({ label, schedule, events, warnings }) => {
    const { sched, lr, numEpochs } = schedule;
    return { label, sched, lr, numEpochs, rates: [...everyRate(schedule)], events, warnings };
  });
  return `${JSON.stringify({ unit, schedules: plain })}\n`;
}
