/** The lock of a run's folder: one process at a time writes there. */
import { constants, readFileSync } from "node:fs";
import { access, copyFile, link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { removeTemporaryFiles, temporaryName, WriteError } from "../files/write-file.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { resumePath } from "./checkpoint.ts";

/** A lock that is held. */
export interface RunLock {
  /** Gives the folder free. */
  release(): Promise<void>;
}

/** How a lock that another one holds is told of. */
export interface LockWords {
  readonly where: string;
  readonly instead: string;
}

/** The process that holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Boot of the machine and start of the process in it, where the system tells; a later process has another. */
  readonly started: string;
}

const NAME = ".tsimm.lock";

/**
 * Takes the lock of a run's folder; one that a dead process has left is taken over. Then removes temporary files that
 * killed writers have left there.
 *
 * @param folder - An existing folder.
 * @param words - Function named in the error, and what to do besides waiting.
 * @throws UsageError that names the process if another one, or another run of this one, holds the lock; WriteError if
 * the folder cannot be written.
 */
export async function lockRun(
  folder: string,
  words: LockWords = { where: "train", instead: "train into another folder with --experiment" },
): Promise<RunLock> {
  const path = join(folder, NAME);
  const own = JSON.stringify({ pid: process.pid, host: hostname(), started: startOf(process.pid) });
  while (!(await createWhole(path, own))) {
    const text = await readFile(path, "utf8").catch(() => null);
    if (text === null) continue;
    const holder = parseHolder(text);
    if (holder !== null && isAlive(holder)) throw inUse(folder, holder, words);
    await removeDead(path, text);
  }
  await removeTemporaryFiles(folder);
  return {
    // What is written is written, also where the lock cannot be removed any more.
    release: () => rm(path, { force: true }).catch(() => {}),
  };
}

/** What the lock of a folder says: a process trains there, was killed while it did, or none does. */
export type TrainingState = "running" | "killed" | "ended";

/**
 * Whether a process of tsimm trains in a folder; one of another machine counts as long as its lock is there.
 *
 * @returns null: not known, as the run is none of tsimm.
 */
export async function trainingState(folder: string): Promise<TrainingState | null> {
  const text = await readFile(join(folder, NAME), "utf8").catch(() => null);
  const holder = text === null ? null : parseHolder(text);
  if (holder !== null) return isAlive(holder) ? "running" : "killed";
  return await access(resumePath(folder, "last")).then(
    () => "ended",
    () => null,
  );
}

/** Makes a file that appears with its whole content; false if there is one already. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const temporary = temporaryName(path);
  try {
    await writeFile(temporary, text, { flag: "wx" });
    await link(temporary, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") throw error;
      // No hard links here.
      await copyFile(temporary, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: another process took the lock and cleared the temporary files away.
    if (code === "EEXIST" || code === "ENOENT") return false;
    throw new WriteError(path, error as NodeJS.ErrnoException);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** Removes the lock of a dead process, but not that of one which was faster to take it over. */
async function removeDead(path: string, text: string): Promise<void> {
  const aside = temporaryName(path);
  try {
    await rename(path, aside);
    if ((await readFile(aside, "utf8")) !== text) await link(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw new WriteError(path, error as NodeJS.ErrnoException);
  } finally {
    await rm(aside, { force: true }).catch(() => {});
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, host, started } = JSON.parse(text) ?? {};
    const known = Number.isSafeInteger(pid) && pid > 0 && typeof host === "string";
    return known ? { pid, host, started: String(started) } : null;
  } catch {
    return null;
  }
}

function isAlive({ pid, host, started }: Holder): boolean {
  // A process of another machine cannot be asked.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startOf(pid);
  return now === "" || started === "" || now === started;
}

/** See {@link Holder.started}; empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    // The name of the program, in brackets, may hold spaces; field 22 is the start in clock ticks since the boot.
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
    return `${boot} ${fields[19]}`;
  } catch {
    return "";
  }
}

function inUse(folder: string, { pid, host }: Holder, { where, instead }: LockWords): UsageError {
  const shown = printable(folder);
  if (host !== hostname()) {
    return new UsageError(
      `${where}: "${shown}" is in use by process ${pid} on ${printable(host)}; if that one has ended, remove "${printable(join(folder, NAME))}"`,
    );
  }
  return new UsageError(
    `${where}: "${shown}" is in use by ${pid === process.pid ? "another run of this process" : `process ${pid}`}; wait for its end, or ${instead}`,
  );
}
