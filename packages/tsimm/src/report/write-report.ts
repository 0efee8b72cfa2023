/** Writes `report.html` into the folder of a run. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type CheckpointHeader, readCheckpointHeader, resumePath } from "../checkpoint/checkpoint.ts";
import type { RunState } from "../checkpoint/run-state.ts";
import type { ImageDataset } from "../data/image-dataset.ts";
import { updateFile } from "../files/write-file.ts";
import type { Task } from "../task/task.ts";
import type { AnswerRecord } from "./answer-record.ts";
import { describeMistake } from "./describe-mistake.ts";
import type { Report, ReportMistake, ReportSetting } from "./report.ts";
import { reportHtml, stateOfReport } from "./report-html.ts";
import { thumbnail } from "./thumbnails.ts";

/** Name of the page in a run's folder. */
export const REPORT_FILE = "report.html";

/** Mistakes that a report shows. */
export const REPORT_MISTAKES = 24;

/** What a report needs beside the folder of the run. */
export interface ReportParts {
  readonly task: Task;
  /** Answers of the best weights to the validation images; null: there are none. */
  readonly answers: AnswerRecord | null;
  /** The images that the answers are to. */
  readonly images: ImageDataset | null;
  /** Settings, from the arguments of a run's state. */
  settingsOf(args: Readonly<Record<string, unknown>>): readonly ReportSetting[];
}

/** The newest state of a run's folder. */
export function newestState(folder: string): Promise<CheckpointHeader> {
  return readCheckpointHeader(resumePath(folder, "last"));
}

/** Whether a folder has the report of its newest state. */
export async function hasReport(folder: string): Promise<boolean> {
  const html = await readFile(join(folder, REPORT_FILE), "utf8").catch(() => "");
  const { state } = await newestState(folder);
  return stateOfReport(html) === identityOf(state, await figuresOf(folder));
}

/**
 * Writes the report of a run that has ended: the same bytes from the same folder, images and answers.
 *
 * @param file - Where to; absent: `report.html` in the folder.
 * @returns Whether it was not there as it should be.
 * @throws Error if the folder holds no state, or the file cannot be written.
 */
export async function writeReport(
  folder: string,
  parts: ReportParts,
  file: string = join(folder, REPORT_FILE),
): Promise<boolean> {
  const { state } = await newestState(folder);
  const { task, answers, images } = parts;
  const figures = await figuresOf(folder);
  const report: Report = {
    ...{ name: nameOf(state), identity: identityOf(state, figures), figures, state, task, answers },
    mistakes: answers === null || images === null ? [] : await mistakesOf(answers, task, images),
    settings: parts.settingsOf(state.args),
    files: await filesOf(folder),
  };
  return await updateFile(file, reportHtml(report));
}

/** What was trained on what, wherever the folder lies and whatever it is called. */
function nameOf({ args, model }: RunState): string {
  const { data_dir: place } = args;
  return `${model.arch} on ${typeof place === "string" ? basename(place) : "the built-in images"}`;
}

/** Tells the states of a run apart: the same for runs that differ in their names alone. */
function identityOf(
  { epoch, update, best, metricHistory, model }: RunState,
  figures: Report["figures"],
): string {
  const text = JSON.stringify([model.arch, epoch, update, best, metricHistory, figures]);
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The mistakes of a report, for people.
 *
 * @param images - The images that the answers are to.
 */
export async function mistakesOf(
  { mistakes }: Pick<AnswerRecord, "mistakes">,
  task: Task,
  images: ImageDataset,
): Promise<ReportMistake[]> {
  const found: ReportMistake[] = [];
  for (const mistake of mistakes) {
    const name = endOf(images.samples[mistake.index]?.path ?? String(mistake.index));
    found.push({ name, picture: await thumbnail(images, mistake.index), ...describeMistake(task, mistake) });
  }
  return found;
}

/** The last folder and the name of an image, wherever the data set lies. */
function endOf(path: string): string {
  return path.split(/[/\\]/).slice(-2).join("/");
}

async function figuresOf(folder: string): Promise<Report["figures"]> {
  return { curves: await figure(folder, "curves.svg"), schedule: await figure(folder, "lr.svg") };
}

async function figure(folder: string, name: string): Promise<string | null> {
  const svg = await readFile(join(folder, name), "utf8").catch(() => "");
  return svg.startsWith("<svg ") ? svg : null;
}

/** Without those that tell the time. */
async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => !/^(\.|events\.out\.|metrics\.jsonl$)/.test(name) && name !== REPORT_FILE)
    .sort();
}
