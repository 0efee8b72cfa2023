/** Writes the report of a run that timm has written, from its table of epochs and its arguments. */
import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ARGUMENTS_FILE, SUMMARY_FILE } from "../checkpoint/find-run.ts";
import { readSummary, SUMMARY_LIMIT, type SummaryRow } from "../checkpoint/read-summary.ts";
import { readRegularFile } from "../files/read-file.ts";
import { makeFolderOf, updateFile } from "../files/write-file.ts";
import { figureToSvg } from "../plot/figure-to-svg.ts";
import { curvesFigure, learningRateFigure } from "../plot/training-figures.ts";
import { everyRate, type SimulatedSchedule } from "../preview/simulate.ts";
import { allEpochs, metricsIn, type RunPlan, readRunPlan, unknownPlan } from "../recipe/run-plan.ts";
import { savedSettings } from "../recipe/saved-settings.ts";
import { scheduleOfRows } from "../recipe/schedule-of-rows.ts";
import { type SummaryReport, summaryReportHtml } from "../report/summary-report.ts";
import { mistakesOf } from "../report/write-report.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { bestAnswers } from "./best-answers.ts";
import type { ReportOptions } from "./flags/report-flags.ts";
import { info } from "./log-lines.ts";
import { shellWord } from "./shell-word.ts";
import { shortPath } from "./short-path.ts";
import { bestRow, followedMetrics } from "./watch/followed-metrics.ts";
import { epochsDone } from "./watch/run-view.ts";

/** Checkpoints of timm. */
const WEIGHTS = /^(model_best|last|checkpoint-\d+)\.pth\.tar$/;

/**
 * Writes the report of a run without states of tsimm. Nothing is written into its folder unless the user names it.
 *
 * @param folder - Absolute path of a folder with a `summary.csv`.
 * @param options - Without an output it is a file named after the run, in the working folder.
 * @throws Error if the run has no epoch, or its files cannot be read.
 */
export async function showSummaryReport(folder: string, options: ReportOptions): Promise<void> {
  const { output } = options;
  const file = resolve(output ?? `report-${basename(folder)}.html`);
  if (output === undefined && dirname(file) === folder) {
    throw new UsageError(
      "report: --output must be given in the folder of a run of another program, got none; nothing is written there unasked",
    );
  }
  const own = readSummary(await textOf(join(folder, SUMMARY_FILE)));
  if (own.length === 0) {
    throw new Error(
      printable(
        `report: <run> must have an epoch in ${SUMMARY_FILE}, got "${folder}" without any; tsimm watch shows it as it trains`,
      ),
    );
  }
  const plan = await readRunPlan(join(folder, ARGUMENTS_FILE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return unknownPlan;
    throw error;
  });
  const rows = allEpochs(plan, own);
  const names = await readdir(folder);
  const hasWeights = names.some((name) => WEIGHTS.test(name));
  const asked = options.noImages || !hasWeights ? null : await bestAnswers(folder, null, options);
  const mistakes = asked === null ? [] : await mistakesOf(asked.answers, asked.task, asked.images);
  const answered = asked === null ? null : { ...asked, mistakes };
  await makeFolderOf(file);
  await updateFile(file, summaryReportHtml(reportOf({ folder, plan, rows, names, answered })));
  info(`Wrote ${shortPath(file)}`);
}

async function textOf(path: string): Promise<string> {
  return (await readRegularFile(path, { limit: SUMMARY_LIMIT })).toString("utf8");
}

interface ReportedRun {
  readonly folder: string;
  readonly plan: RunPlan;
  readonly rows: readonly SummaryRow[];
  readonly names: readonly string[];
  readonly answered: SummaryReport["answered"];
}

function reportOf({ folder, plan, rows, names, answered }: ReportedRun): SummaryReport {
  const { ranking } = followedMetrics({ plan, rows });
  const schedule = plan.scheduled === null ? null : scheduleOfRows(plan.scheduled, rows);
  const { data_dir: place } = plan.saved;
  const on = typeof place === "string" ? ` on ${basename(place)}` : "";
  return {
    // timm writes both.
    program: plan === unknownPlan && !names.some((name) => name.endsWith(".pth.tar")) ? null : "timm",
    name: plan.model === null ? basename(folder) : `${plan.model}${on}`,
    epochs: {
      ...{
        history: rows,
        done: epochsDone({ rows }),
        metrics: metricsIn(plan, rows),
        rankedBy: ranking.name,
      },
      bestEpoch: bestRow(rows, ranking)?.epoch ?? null,
    },
    numEpochs: plan.numEpochs,
    figures: {
      curves: curvesOf(plan, rows, schedule),
      schedule: schedule === null ? null : scheduleFigure(schedule),
    },
    answered,
    withoutSchedule:
      schedule === null
        ? `The schedule does not follow from ${ARGUMENTS_FILE} alone; the curves above have the rate of each epoch.`
        : null,
    settings: savedSettings(plan.saved),
    files: names.filter((name) => !name.startsWith(".")).sort(),
    commands: commandsOf(folder, names),
  };
}

function curvesOf(plan: RunPlan, rows: readonly SummaryRow[], schedule: SimulatedSchedule | null): string {
  const length = epochsDone({ rows });
  const planned = schedule === null ? null : { rates: [...everyRate(schedule).slice(0, length)], length };
  const read = {
    ...{
      rates: rows.map(({ lr }) => (Number.isNaN(lr) ? null : lr)),
      times: rows.map(({ epoch }) => epoch),
      length,
    },
  };
  const metrics = metricsIn(plan, rows).map((metric) => {
    return { ...metric, label: printable(metric.label), panel: printable(metric.panel) };
  });
  return figureToSvg(curvesFigure(rows, { metrics, rates: planned ?? read }));
}

function scheduleFigure({ sched, times, rates, length }: SimulatedSchedule): string {
  return figureToSvg(learningRateFigure([{ label: sched, times, rates: [...rates], length }]));
}

function commandsOf(folder: string, names: readonly string[]): SummaryReport["commands"] {
  const path = (name = "") => shellWord(shortPath(join(folder, name)));
  return [
    ["Watch it as it trains", `npx tsimm watch ${path()}`],
    ...(names.includes("last.pth.tar")
      ? [["Go on with tsimm", `npx tsimm train --resume ${path("last.pth.tar")}`] as const]
      : []),
  ];
}
