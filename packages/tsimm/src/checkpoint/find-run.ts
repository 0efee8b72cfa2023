/** Finds the folder of a run, of tsimm or of timm, by what the user names. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { printable } from "../text/printable.ts";
import { resumePath } from "./checkpoint.ts";

/** The table of a run's epochs. */
export const SUMMARY_FILE = "summary.csv";

/** The arguments of a run. */
export const ARGUMENTS_FILE = "args.yaml";

/** A run that was looked for. */
export type FoundRun =
  | {
      readonly kind: "run";
      /** Absolute path. */
      readonly folder: string;
      /** true: the newest one in the folder that was named. */
      readonly isNewest: boolean;
    }
  /** There is none yet: the folder is missing, or empty. */
  | { readonly kind: "none"; readonly reason: "missing" | "empty" };

/**
 * Finds a run.
 *
 * @param command - Named in errors.
 * @param path - Folder of a run, its `summary.csv` or `args.yaml`, or a folder of runs, of which the one that was written
 * to last is taken.
 * @throws Error if the path is of something else, or cannot be read.
 */
export async function findRun(command: string, path: string): Promise<FoundRun> {
  const named = resolve(path);
  const isFile =
    [SUMMARY_FILE, ARGUMENTS_FILE].includes(basename(named)) && (await changedAt(named)) !== null;
  const folder = isFile ? dirname(named) : named;
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    if ((await runTime(folder)) !== null) return { kind: "run", folder, isNewest: false };
    const inside = entries.filter((entry) => !entry.name.startsWith(".") && !entry.isFile());
    const newest = await newestOf(inside.map(({ name }) => join(folder, name)));
    if (newest !== null) return { kind: "run", folder: newest, isNewest: true };
    if (entries.length === 0) return { kind: "none", reason: "empty" };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return { kind: "none", reason: "missing" };
    throw noRun(command, path, { cause }, code);
  }
  throw noRun(command, path);
}

function noRun(command: string, path: string, options?: ErrorOptions, code?: string): Error {
  const why = code === undefined ? "" : ` (${code})`;
  return new Error(
    printable(
      `${command}: <run> must be the folder of a run, with ${SUMMARY_FILE} or ${ARGUMENTS_FILE}, or a folder of runs, got "${path}"${why}`,
    ),
    options,
  );
}

async function newestOf(folders: readonly string[]): Promise<string | null> {
  let newest: { readonly folder: string; readonly time: number } | null = null;
  for (const folder of folders) {
    const time = await runTime(folder);
    if (time !== null && time > (newest?.time ?? Number.NEGATIVE_INFINITY)) newest = { folder, time };
  }
  return newest?.folder ?? null;
}

/** When the files of a run were written to last; null: the folder holds no run. */
async function runTime(folder: string): Promise<number | null> {
  const files = [join(folder, SUMMARY_FILE), join(folder, ARGUMENTS_FILE), resumePath(folder, "last")];
  const times = await Promise.all(files.map(changedAt));
  return times.reduce((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)), null);
}

/** When a file was written to last, in milliseconds; null: it is not there. */
async function changedAt(file: string): Promise<number | null> {
  return await stat(file).then(
    (found) => (found.isFile() ? found.mtimeMs : null),
    () => null,
  );
}
