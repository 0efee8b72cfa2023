/** Curves as files: figures for people, numbers for programs. */
import { extname } from "node:path";
import { WriteError, writeFileWhole } from "../files/write-file.ts";
import type { Figure } from "../plot/figure.ts";
import { UsageError } from "../usage-error.ts";
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

const FORMATS: Readonly<Record<string, (curves: ScheduleCurves) => Promise<string | Uint8Array>>> = {
  ".svg": (curves) => svg(curves),
  ".png": async (curves) => {
    const { svgToPng } = await import("../plot/svg-to-png.ts");
    return svgToPng(await svg(curves));
  },
  ".csv": async (curves) => csv(curves),
  ".json": async (curves) => json(curves),
};

/** Whether a file of this name holds the rate of every t. */
export function holdsEveryRate(path: string): boolean {
  return [".csv", ".json"].includes(extname(path));
}

/**
 * Refuses a file name whose ending is not .svg, .png, .csv or .json.
 *
 * @throws UsageError
 */
export function checkCurveFile(path: string): void {
  if (extname(path) in FORMATS) return;
  const endings = Object.keys(FORMATS).join(", ");
  throw new UsageError(`schedule: --output must end in one of ${endings}, got "${path}"`);
}

/**
 * Writes curves in the format that the ending of the file's name says.
 *
 * @throws Error if the file system refuses.
 */
export async function writeCurveFile(path: string, curves: ScheduleCurves): Promise<void> {
  checkCurveFile(path);
  const data = await FORMATS[extname(path)]?.(curves);
  if (data === undefined) return;
  try {
    await writeFileWhole(path, data);
  } catch (cause) {
    if (!(cause instanceof WriteError)) throw cause;
    const allowed = "a file that can be written";
    throw new Error(`schedule: --output must be ${allowed}, got "${path}"; ${cause.reason}`, { cause });
  }
}

async function svg({ unit, curves, log }: ScheduleCurves): Promise<string> {
  const [{ figureToSvg }, { learningRateFigure }] = await Promise.all([
    import("../plot/figure-to-svg.ts"),
    import("../plot/training-figures.ts"),
  ]);
  const series = curves.map(({ label, schedule: { times, rates, length } }) => ({
    label: curves.length > 1 ? label : "",
    ...{ times, rates: [...rates], length },
  }));
  const [only] = curves;
  const title = curves.length === 1 && only ? `Learning rate: ${only.label}` : "Learning rate";
  const figure: Figure = learningRateFigure(series, { unit, title, yScale: log ? "log" : "linear" });
  return figureToSvg(figure);
}

/** A column per curve, empty where it has ended. */
function csv({ unit, curves }: ScheduleCurves): string {
  const columns = curves.map(({ schedule }) => everyRate(schedule));
  const length = Math.max(...columns.map((rates) => rates.length));
  const rows = Array.from({ length }, (_, t) => [t, ...columns.map((rates) => rates[t] ?? "")].join(","));
  return `${[[unit, ...curves.map(({ label }) => quoted(label))].join(","), ...rows].join("\n")}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function json({ unit, curves }: ScheduleCurves): string {
  const plain = curves.map(({ label, schedule, events, warnings }) => {
    const { sched, lr, numEpochs } = schedule;
    return { label, sched, lr, numEpochs, rates: [...everyRate(schedule)], events, warnings };
  });
  return `${JSON.stringify({ unit, schedules: plain })}\n`;
}
