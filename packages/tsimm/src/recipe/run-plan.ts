/** What a run was started with, read from its `args.yaml`: of tsimm, or of timm with settings that tsimm has not. */
import { parse } from "yaml";
import type { SummaryRow } from "../checkpoint/read-summary.ts";
import { CARRIED, readCarried } from "../checkpoint/timm/carried.ts";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import type { Metric } from "../task/task.ts";
import { createTask } from "../task/tasks.ts";
import { printable } from "../text/printable.ts";
import type { EpochRow } from "../train/events.ts";
import { separated, type TrainArguments } from "./arguments.ts";
import { planArguments } from "./earlier-plan.ts";
import { fromKeys } from "./read-configuration.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { simulateRun } from "./simulate-run.ts";

/** The plan of a run. */
export interface RunPlan {
  /** Content of the file, but for what travels with a run that was handed over. */
  readonly saved: Readonly<Record<string, unknown>>;
  /** null: not known. */
  readonly model: string | null;
  /** Epochs of the whole run, those of cooldown and warm-up included; null: not known. */
  readonly numEpochs: number | null;
  /** Metric that epochs are ranked by; null: not known. */
  readonly evalMetric: string | null;
  /** Metrics of the run's task. */
  readonly metrics: readonly Metric[];
  /** Arguments of the schedule; null: they are not known, or tsimm has no such schedule. */
  readonly scheduled: TrainArguments | null;
  /** Epochs that were done when timm took the run over. */
  readonly earlier: readonly EpochRow[];
}

/**
 * The epochs of a run: those from before it was handed over, then those of its own table.
 *
 * @param rows - Epochs of the table, ascending.
 */
export function allEpochs({ earlier }: Pick<RunPlan, "earlier">, rows: readonly SummaryRow[]): SummaryRow[] {
  const first = rows[0]?.epoch ?? Number.POSITIVE_INFINITY;
  return [...earlier.filter(({ epoch }) => epoch < first).map((row) => ({ ...row, others: {} })), ...rows];
}

/**
 * The metrics of a validation that rows have: those of the run's task, then others.
 *
 * @param rows - Epochs of the run.
 */
export function metricsIn({ metrics }: RunPlan, rows: readonly Pick<EpochRow, "validation">[]): Metric[] {
  const found = new Set(rows.flatMap(({ validation }) => Object.keys(validation ?? {})));
  // One that is in no column is NaN everywhere.
  if (rows.every(({ validation }) => Number.isNaN(validation?.loss ?? Number.NaN))) found.delete("loss");
  const known = metrics.filter(({ name }) => found.has(name));
  for (const { name } of known) found.delete(name);
  return [...known, ...[...found].map(unknownMetric)];
}

/** A metric that no task here has, by its name. */
export function unknownMetric(name: string): Metric {
  const better = /loss|err|mae|mse|perplexity/i.test(name) ? "lower" : "higher";
  return { name, label: name, unit: "", better, panel: name };
}

/** The plan of a run without `args.yaml`. */
export const unknownPlan: RunPlan = {
  ...{ saved: {}, model: null, numEpochs: null, evalMetric: null, scheduled: null },
  earlier: [],
  metrics: metricsOf(DEFAULT_TASK),
};

/**
 * Reads an `args.yaml`. Settings that tsimm has not are no error.
 *
 * @throws Error with `code` of the file system if it cannot be opened; Error that names it if it is no YAML mapping.
 */
export async function readRunPlan(path: string): Promise<RunPlan> {
  return planOf(await readMapping(path));
}

async function readMapping(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = (await readRegularFile(path, { limit: TEXT_LIMIT })).toString("utf8");
  let content: unknown;
  try {
    content = parse(text, { version: "1.1", logLevel: "error" });
    // A value that holds itself is none.
    JSON.stringify(content);
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    throw new Error(printable(`"${path}" must be a readable YAML file (${reason})`), { cause: error });
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new Error(printable(`"${path}" must hold "key: value" lines`));
  }
  return Object.fromEntries(Object.entries(content));
}

/** The plan that the arguments under these keys make. */
export function planOf(content: Readonly<Record<string, unknown>>): RunPlan {
  const { [CARRIED]: carried, ...saved } = content;
  const { model, eval_metric: metric, epochs, task } = saved;
  const schedule = scheduleOf(saved);
  return {
    saved,
    model: typeof model === "string" ? model : null,
    numEpochs: schedule?.numEpochs ?? (isCount(epochs) ? epochs : null),
    evalMetric: typeof metric === "string" ? metric : null,
    metrics: metricsOf(typeof task === "string" ? task : DEFAULT_TASK),
    scheduled: schedule?.args ?? null,
    earlier: earlierEpochs(carried),
  };
}

/** Of data that is not what was handed over: none. */
function earlierEpochs(carried: unknown): readonly EpochRow[] {
  try {
    return readCarried(carried)?.metricHistory ?? [];
  } catch {
    return [];
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** null: there is none here, or its arguments make none. */
function scheduleOf(
  saved: Readonly<Record<string, unknown>>,
): { readonly args: TrainArguments; readonly numEpochs: number } | null {
  if (!isCount(saved["epochs"])) return null;
  const keys = planArguments().map((name) => separated(name, "_"));
  const entries = Object.entries(saved).filter(([key]) => keys.includes(key));
  try {
    const args = resolveArguments(fromKeys(Object.fromEntries(entries)).given);
    // The length of the run does not depend on the updates of an epoch.
    return { args, numEpochs: simulateRun(args, 1).numEpochs };
  } catch {
    return null;
  }
}

/** Of a task that was registered by a program, and is not known here, those of the default. */
function metricsOf(task: string): readonly Metric[] {
  try {
    // They do not depend on what the outputs are called.
    return createTask(task, { outputNames: ["output"] }).metrics;
  } catch {
    return createTask(DEFAULT_TASK, { outputNames: ["output"] }).metrics;
  }
}
