/** `metrics.jsonl`: one JSON object per epoch and line. */
import { open } from "node:fs/promises";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { WriteError, writeFileWhole } from "../files/write-file.ts";
import { printable } from "../text/printable.ts";
import type { EpochDone, EpochRow, RunStarted } from "../train/events.ts";
import type { Listener } from "../train/listener.ts";

/**
 * Appends a line to a file after every epoch that has results: `epoch`, `update`, `train_loss`, `eval_<metric>` for
 * every metric of the validation, `model_<metric>` for those of the plain weights beside a moving average, `lr`,
 * `seconds` (duration of the epoch in this session). A run that is resumed first removes the lines of the epochs that
 * it repeats, and a line that a crash cut off; lines that are missing are written from the run's history.
 *
 * @param path - The file; made by the first epoch. Its folder must be there.
 * @throws TypeError for what is no path.
 * @returns The listener. When the run starts it throws a RangeError for a file without a line of its kind; while the run goes, it throws a WriteError if the file system refuses.
 * @example
 * import { readFileSync } from "node:fs";
 * const listener = metricsJsonl("metrics.jsonl");
 * const metrics = [{ name: "loss" }, { name: "top1" }];
 * await listener.on({ type: "runStarted", epoch: 0, metrics, history: [] });
 * const row = { epoch: 0, trainLoss: 1.5, lr: 0.1, validation: { loss: NaN, top1: 80 }, plain: null };
 * await listener.on({ type: "epochDone", row, update: 7, seconds: 2.5 });
 * readFileSync("metrics.jsonl", "utf8"); // => '{"epoch":0,"update":7,"train_loss":1.5,"eval_loss":"NaN","eval_top1":80,"lr":0.1,"seconds":2.5}\n'
 */
export function metricsJsonl(path: string): Listener {
  if (typeof path !== "string" || path === "") {
    throw new TypeError(`metricsJsonl: path must be the path of a file, got ${JSON.stringify(path)}`);
  }
  let names: readonly string[] = [];

  return {
    name: "metrics.jsonl",
    async on(event) {
      if (event.type === "runStarted") {
        names = event.metrics.map(({ name }) => name);
        await restoreLines(path, event);
      }
      if (event.type !== "epochDone" || event.row === null) return;
      const { row, update, seconds } = event;
      await appendLine(path, metricsLine({ row, update, seconds }, names));
    },
  };
}

/** An epoch for {@link metricsLine}. */
export interface EpochLine extends Pick<EpochDone, "update"> {
  readonly row: EpochRow;
  /** Duration of the epoch; null: not known. */
  readonly seconds: number | null;
}

/**
 * The line of an epoch, with its end. JSON has no NaN and no infinities: they are the texts `NaN`, `Infinity`,
 * `-Infinity`.
 *
 * @param names - Names of the metrics, in their order.
 * @example
 * const row = { epoch: 2, trainLoss: 0.5, lr: 0.05, validation: null, plain: null };
 * metricsLine({ row, update: 21, seconds: 1.5 }, []); // => '{"epoch":2,"update":21,"train_loss":0.5,"lr":0.05,"seconds":1.5}\n'
 */
export function metricsLine({ row, update, seconds }: EpochLine, names: readonly string[]): string {
  const { epoch, trainLoss, lr, validation, plain } = row;
  const named = (prefix: string, values: EpochRow["validation"]) =>
    Object.fromEntries(names.map((name) => [`${prefix}_${name}`, values?.[name]]));
  const line = {
    ...{ epoch, update, train_loss: trainLoss },
    ...named("eval", validation),
    ...named("model", plain),
    ...{ lr, seconds },
  };
  return `${JSON.stringify(line, (_, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value))}\n`;
}

/** Leaves the lines of the epochs that are done. */
async function restoreLines(
  path: string,
  { epoch, history, metrics, updatesPerEpoch }: RunStarted,
): Promise<void> {
  const text = await readIfPresent(path);
  // Text after the last line end is a line that was cut off.
  const lines = (text ?? "").split("\n").slice(0, -1);
  const [first] = lines;
  if (first !== undefined && lines.every((line) => Number.isNaN(epochOf(line)))) throw notOwn(path, first);
  const kept = lines.flatMap((line) => {
    const of = epochOf(line);
    return of < epoch ? [{ epoch: of, line: `${line}\n` }] : [];
  });
  const names = metrics.map(({ name }) => name);
  const missing = history
    .filter((row) => kept.every((line) => line.epoch !== row.epoch))
    .map((row) => {
      const update = updatesPerEpoch * (row.epoch + 1);
      return { epoch: row.epoch, line: metricsLine({ row, update, seconds: null }, names) };
    });
  const all = [...kept, ...missing].toSorted((a, b) => a.epoch - b.epoch).map(({ line }) => line);
  if (all.join("") !== (text ?? "")) await writeFileWhole(path, all.join(""));
}

/** Somebody else's file would lose its lines. */
function notOwn(path: string, line: string): RangeError {
  return new RangeError(
    `metricsJsonl: path must be a new file or one with a line for each epoch, got "${printable(path)}" with ` +
      `"${printable(line.slice(0, 40))}"; give another path`,
  );
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
