/** `metrics.jsonl`: one JSON object per epoch and line. */
import { open } from "node:fs/promises";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { WriteError, writeFileWhole } from "../files/write-file.ts";
import type { EpochResult, RunListener } from "./run-events.ts";

/**
 * Appends a line to a file after every epoch: `epoch`, `update`, `train_loss`, `eval_<metric>` for every metric of the
 * validation, `lr`, `seconds` (time of the epoch's updates in this session). A run that is resumed first removes the
 * lines of the epochs that it repeats, and a line that a crash cut off.
 *
 * @param path - The file; made by the first epoch. Its folder must be there.
 * @returns The listener. While the run goes, it throws a WriteError if the file system refuses.
 * @example
 * import { readFileSync } from "node:fs";
 * const listener = metricsJsonl("metrics.jsonl");
 * const run = { stop() {} };
 * await listener({ type: "runStarted", epoch: 0, update: 0, history: [] }, run);
 * const result = { epoch: 0, update: 7, train: { loss: 1.5 }, validation: { loss: NaN, top1: 80 }, lr: 0.1 };
 * await listener({ type: "epochDone", ...result }, run);
 * readFileSync("metrics.jsonl", "utf8"); // => '{"epoch":0,"update":7,"train_loss":1.5,"eval_loss":"NaN","eval_top1":80,"lr":0.1,"seconds":0}\n'
 */
export function metricsJsonl(path: string): RunListener {
  let seconds = 0;

  return async function metricsLines(event) {
    if (event.type === "runStarted") {
      seconds = 0;
      await keepLinesBefore(event.epoch, path);
    }
    if (event.type === "updateDone") seconds += event.seconds;
    if (event.type !== "epochDone") return;
    await appendLine(path, metricsLine(event, seconds));
    seconds = 0;
  };
}

/**
 * The line of an epoch, with its end. JSON has no NaN and no infinities: they are the texts `NaN`, `Infinity`,
 * `-Infinity`.
 *
 * @param result - Result of the epoch.
 * @param seconds - Time of its updates.
 * @example
 * const result = { epoch: 2, update: 21, train: { loss: 0.5 }, validation: null, lr: 0.05 };
 * metricsLine(result, 1.5); // => '{"epoch":2,"update":21,"train_loss":0.5,"lr":0.05,"seconds":1.5}\n'
 */
export function metricsLine(result: EpochResult, seconds: number): string {
  const { epoch, update, train, validation, lr } = result;
  const evaluated = Object.entries(validation ?? {}).map(([name, value]) => [`eval_${name}`, value]);
  const row = { epoch, update, train_loss: train.loss, ...Object.fromEntries(evaluated), lr, seconds };
  return `${JSON.stringify(row, (_, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value))}\n`;
}

/** Removes every line except those of earlier epochs. */
async function keepLinesBefore(epoch: number, path: string): Promise<void> {
  const text = await readIfPresent(path);
  if (text === null) return;
  // Text after the last line end is a line that was cut off.
  const lines = text.split("\n").slice(0, -1);
  const kept = lines.filter((line) => epochOf(line) < epoch).map((line) => `${line}\n`);
  if (kept.join("") !== text) await writeFileWhole(path, kept.join(""));
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return (await readRegularFile(path, { limit: TEXT_LIMIT })).toString("utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Epoch of a line; NaN if the line is not of this format. */
function epochOf(line: string): number {
  try {
    const row: unknown = JSON.parse(line);
    const epoch = typeof row === "object" && row !== null && "epoch" in row ? row.epoch : null;
    return typeof epoch === "number" ? epoch : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

/** Appends a whole line, or nothing if the file system refuses. */
async function appendLine(path: string, line: string): Promise<void> {
  try {
    const file = await open(path, "a");
    try {
      const { size } = await file.stat();
      await file.appendFile(line).catch(async (error) => {
        await file.truncate(size);
        throw error;
      });
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof Error ? new WriteError(path, error) : error;
  }
}
