/** Writes the report of a run, after the fact. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RESUME_SUFFIX } from "../checkpoint/checkpoint.ts";
import { findRun, SUMMARY_FILE } from "../checkpoint/find-run.ts";
import type { RunState } from "../checkpoint/run-state.ts";
import { makeFolderOf } from "../files/write-file.ts";
import { taskOfFile } from "../predict/file-task.ts";
import { reportSettings } from "../recipe/report-settings.ts";
import { newestState, REPORT_FILE, writeReport } from "../report/write-report.ts";
import { printable } from "../text/printable.ts";
import { bestAnswers } from "./best-answers.ts";
import type { ReportOptions } from "./flags/report-flags.ts";
import { info } from "./log-lines.ts";
import { shortPath } from "./short-path.ts";
import { showSummaryReport } from "./show-summary-report.ts";

/**
 * Writes `report.html` into the folder of a run, the same bytes as at its end; of a run of timm what its table of epochs
 * tells, elsewhere.
 *
 * @throws Error if the folder is not that of a run; images that cannot be opened are a warning.
 */
export async function showReport(folder: string, options: ReportOptions): Promise<void> {
  const path = await folderOf(folder);
  if (await isOfAnother(path)) return await showSummaryReport(path, options);
  const state = await stateOf(path);
  const { model, task: entry } = state;
  const task = taskOfFile(entry, entry.outputNames, model.numClasses);
  const asked = options.noImages ? null : await bestAnswers(path, task, options);
  const file = options.output === undefined ? join(path, REPORT_FILE) : resolve(options.output);
  const parts = { task, answers: asked?.answers ?? null, images: asked?.images ?? null };
  await makeFolderOf(file);
  await writeReport(path, { ...parts, settingsOf: reportSettings }, file);
  info(`Wrote ${shortPath(file)}`);
}

/** The folder of the run: the newest one of a folder of runs. */
async function folderOf(named: string): Promise<string> {
  const found = await findRun("report", named);
  if (found.kind === "none") {
    const state = found.reason === "missing" ? "does not exist" : "is empty";
    throw new Error(printable(`report: <run> must be the folder of a run, got "${named}", which ${state}`));
  }
  if (found.isNewest) info(`The newest run in ${named}: ${shortPath(found.folder)}`);
  return found.folder;
}

/** Whether a folder holds a run without states of tsimm. */
async function isOfAnother(folder: string): Promise<boolean> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  return names.includes(SUMMARY_FILE) && !names.some((name) => name.endsWith(RESUME_SUFFIX));
}

async function stateOf(folder: string): Promise<RunState> {
  try {
    return (await newestState(folder)).state;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      printable(
        `report: <run> must be the folder of a run with last.resume.safetensors, got "${folder}" (${code ?? message})`,
      ),
      { cause: error },
    );
  }
}
