/** Shows schedules: a plot in the terminal or a file, a table of events, warnings. */
import { findSchedule } from "@tsimm/scheduler";
import type { ScheduleCurve } from "../preview/curve-text.ts";
import { eventTable } from "../preview/event-table.ts";
import { scheduleEvents } from "../preview/events.ts";
import { rateLabel } from "../preview/rate-label.ts";
import { perUpdate } from "../preview/simulate.ts";
import { terminalPlot } from "../preview/terminal-plot.ts";
import { scheduleWarnings } from "../preview/warnings.ts";
import type { TrainArguments } from "../recipe/arguments.ts";
import { checkArguments } from "../recipe/check-arguments.ts";
import { fromFlags } from "../recipe/from-flags.ts";
import { builtInNames } from "../recipe/generated/built-ins.ts";
import { learningRate } from "../recipe/learning-rate.ts";
import { refuseNegativeRates } from "../recipe/refuse-negative-rates.ts";
import { resolveArguments } from "../recipe/resolve-arguments.ts";
import { simulateRun } from "../recipe/simulate-run.ts";
import type { Task } from "../task/task.ts";
import { type ScheduleToLabel, scheduleLabels } from "./schedule-labels.ts";

/** What to show. */
export interface SchedulesToShow {
  /** The label "" stands for the schedule's name. */
  readonly schedules: readonly { readonly label: string; readonly given: Partial<TrainArguments> }[];
  readonly updatesPerEpoch: number | null;
  /** true: a logarithmic axis. */
  readonly log: boolean;
  /** File for the curves; null: they are plotted here. */
  readonly output: string | null;
}

/**
 * Writes plot or file, and the tables on stdout; where the rate comes from, and warnings, on stderr.
 *
 * @throws UsageError for a bad argument.
 */
export async function showSchedules(show: SchedulesToShow): Promise<void> {
  const { output, log, updatesPerEpoch } = show;
  // Most calls write no file.
  const file = output === null ? null : await import("../preview/curve-file.ts");
  if (output !== null) file?.checkCurveFile(output);
  const every = output !== null && file?.holdsEveryRate(output) === true;
  const { unit, curves, explanations } = calculate(await resolved(show), updatesPerEpoch, every);
  for (const line of explanations) process.stderr.write(`${line}\n`);
  if (output === null) process.stdout.write(`${plot(unit, curves, log).join("\n")}\n\n`);
  else await file?.writeCurveFile(output, { unit, curves, log });

  const tables = curves.map((curve) => [
    headline(curve),
    ...eventTable(curve.events, unit, unit === "update" ? updatesPerEpoch : null),
  ]);
  process.stdout.write(`${tables.map((lines) => lines.join("\n")).join("\n\n")}\n`);
  for (const { label, warnings } of curves) {
    const whose = curves.length > 1 ? `${label}: ` : "";
    for (const warning of warnings) process.stderr.write(`WARNING: ${whose}${warning}\n`);
  }
  if (output !== null) process.stderr.write(`Wrote ${output}\n`);
}

interface Calculated {
  readonly unit: "epoch" | "update";
  readonly curves: readonly ScheduleCurve[];
  /** How the base rates came about. */
  readonly explanations: ReadonlySet<string>;
}

interface ScheduleToShow extends ScheduleToLabel {
  /** Task whose metric it follows; null: it follows none. */
  readonly task: Task | null;
}

/** The arguments of all schedules, checked. */
async function resolved({ schedules, updatesPerEpoch }: SchedulesToShow): Promise<ScheduleToShow[]> {
  const all: ScheduleToShow[] = [];
  for (const { label, given } of schedules) {
    checkArguments(given, "schedule");
    const args = resolveArguments(given);
    await checkOptimizer(args);
    refuseNegativeRates(args, { command: "schedule", updatesPerEpoch });
    all.push({ label, args, task: await followedTask(args) });
  }
  return all;
}

/** The task, where the schedule follows one of its metrics; loaded only then. */
async function followedTask(args: TrainArguments): Promise<Task | null> {
  const { traits } = fromFlags("schedule", args, () => findSchedule(args.sched));
  if (!traits.followsMetric) return null;
  const { createTask } = await import("../task/tasks.ts");
  // Its metrics do not depend on what the outputs are called.
  return fromFlags("schedule", args, () => createTask(args.task, { outputNames: ["output"] }));
}

/** Loads the optimizers only if the name is none of those that are built in. */
async function checkOptimizer(args: TrainArguments): Promise<void> {
  if (builtInNames.optimizer.includes(args.opt.toLowerCase().replace(/^lookahead_/, ""))) return;
  const { findOptimizer } = await import("../optim/optimizers.ts");
  fromFlags("schedule", args, () => findOptimizer("createOptimizer", args.opt));
}

function calculate(
  resolved: readonly ScheduleToShow[],
  updatesPerEpoch: number | null,
  every: boolean,
): Calculated {
  const simulated = resolved.map(({ args, task }) => ({
    args,
    task,
    one: simulateRun(args, updatesPerEpoch, { every }),
  }));
  const unit = simulated.some(({ one }) => one.unit === "update") ? "update" : "epoch";
  const labels = scheduleLabels(resolved);
  const curves = simulated.map(({ args, task, one }, i): ScheduleCurve => {
    const schedule = unit === "update" ? perUpdate(one, updatesPerEpoch ?? 1) : one;
    const metric = { metric: args.evalMetric, task, outputs: args.numClasses };
    const findings = { events: scheduleEvents(schedule), warnings: scheduleWarnings(schedule, metric) };
    return { label: labels[i] ?? "", schedule, ...findings };
  });
  const explanations = resolved.map(({ args }) => learningRate(args).explanation);
  return { unit, curves, explanations: new Set(explanations.filter((line) => line !== null)) };
}

function plot(unit: string, curves: readonly ScheduleCurve[], log: boolean): string[] {
  const { columns = 80, isTTY } = process.stdout;
  const series = curves.map(({ label, schedule: { times, rates, length } }) => ({
    label,
    ...{ times, values: rates, length },
  }));
  const width = Math.min(100, Math.max(40, columns));
  const color = isTTY && process.stdout.hasColors();
  return terminalPlot(series, { title: "learning rate", xLabel: unit, width, log, color });
}

function headline({ label, schedule: { sched, lr, numEpochs } }: ScheduleCurve): string {
  const assumed = findSchedule(sched).traits.followsMetric ? ", if the metric never improves" : "";
  return `${label}: ${numEpochs} epochs, rate ${rateLabel(lr)}${assumed}`;
}
