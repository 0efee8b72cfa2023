/** Reads a run's folder again and again, as it grows. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ARGUMENTS_FILE, SUMMARY_FILE } from "../../checkpoint/find-run.ts";
import { readSummary, SUMMARY_LIMIT, type SummaryRow } from "../../checkpoint/read-summary.ts";
import { trainingState } from "../../checkpoint/run-lock.ts";
import { readRegularFile } from "../../files/read-file.ts";
import { allEpochs, readRunPlan, unknownPlan } from "../../recipe/run-plan.ts";
import type { EpochEnd } from "./epoch-clock.ts";
import { epochsDone, type RunView } from "./run-view.ts";

/** Reads a run's folder again and again; nothing is written there. */
export class RunReader {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #summary: ChangingFile;
  readonly #arguments: ChangingFile;
  #view: RunView;
  /** Epochs of the run's own table. */
  #own: readonly SummaryRow[] = [];
  /** Ends of epochs that were seen to come. */
  #seen: readonly EpochEnd[] = [];

  /**
   * @param folder - Folder of a run, absolute.
   * @param now - Milliseconds since 1970.
   */
  constructor(folder: string, now: () => number = Date.now) {
    this.#folder = folder;
    this.#now = now;
    this.#summary = new ChangingFile(join(folder, SUMMARY_FILE));
    this.#arguments = new ChangingFile(join(folder, ARGUMENTS_FILE));
    this.#view = { folder, plan: unknownPlan, rows: [], ends: [], training: null, problem: null };
  }

  /**
   * The run as it stands now.
   *
   * @throws Error if the table of epochs cannot be read the first time. Later on the last one holds, and the view says why.
   */
  async read(): Promise<RunView> {
    const isFirst = this.#summary.time === null;
    const before = this.#view;
    const [plan, planProblem] = await changed(this.#arguments, before.plan, readRunPlan);
    const [own, problem] = await changed(this.#summary, this.#own, async (path) =>
      readSummary((await readRegularFile(path, { limit: SUMMARY_LIMIT })).toString("utf8")),
    );
    if (isFirst && problem !== null) throw problem;
    this.#own = own;
    const rows = allEpochs(plan, own);
    const done = epochsDone({ rows });
    let { ends } = before;
    if (isFirst && done > 0) {
      ends = await this.#endsByFiles(done);
      this.#seen = ends.slice(-1);
    } else if (done > 0 && done !== epochsDone(before)) {
      this.#seen = [...this.#seen.filter((end) => end.done < done), { done, at: this.#now() }];
      // Two that were seen tell more than all that were found.
      ends = this.#seen.length > 1 ? this.#seen : [...ends, ...this.#seen];
    }
    this.#view = {
      ...{ folder: this.#folder, plan, rows, ends },
      training: await trainingState(this.#folder),
      problem: (problem ?? planProblem)?.message ?? null,
    };
    return this.#view;
  }

  /** The times of files: arguments are written when a run starts, checkpoints when their epoch ends. */
  async #endsByFiles(done: number): Promise<EpochEnd[]> {
    const ends: EpochEnd[] = [{ done, at: this.#summary.time ?? this.#now() }];
    if (this.#arguments.time !== null)
      ends.unshift({ done: this.#own[0]?.epoch ?? 0, at: this.#arguments.time });
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const epoch = Number(/^checkpoint-(\d{1,9})\.(pth\.tar|safetensors)$/.exec(name)?.[1] ?? Number.NaN);
      const at = await stat(join(this.#folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => null,
      );
      if (epoch + 1 < done && at !== null) ends.unshift({ done: epoch + 1, at });
    }
    return ends;
  }
}

/** What a file holds, or what it held before where it has not changed or cannot be read, and why it cannot. */
async function changed<Content>(
  file: ChangingFile,
  before: Content,
  read: (path: string) => Promise<Content>,
): Promise<readonly [Content, Error | null]> {
  if (!(await file.hasChanged())) return [before, null];
  try {
    return [await read(file.path), null];
  } catch (error) {
    // To be read again.
    file.forget();
    return [before, error as Error];
  }
}

/** A file that is appended to, or replaced. */
class ChangingFile {
  readonly path: string;
  /** When it was written to last, in milliseconds since 1970; null: it was never there. */
  time: number | null = null;
  #identity = "";

  constructor(path: string) {
    this.path = path;
  }

  /** Whether it is there and another one than at the last call. */
  async hasChanged(): Promise<boolean> {
    const found = await stat(this.path).catch(() => null);
    if (found === null) return false;
    const identity = [found.ino, found.size, found.mtimeMs].join(" ");
    if (identity === this.#identity) return false;
    this.#identity = identity;
    this.time = found.mtimeMs;
    return true;
  }

  forget(): void {
    this.#identity = "";
  }
}
