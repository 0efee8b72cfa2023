/** New event files: names in the order that TensorBoard reads them. */
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { WriteError } from "../../files/write-file.ts";

const NAME = /^events\.out\.tfevents\.(\d+)\./;

/**
 * Creates an event file in a folder, under a name that no other file has.
 *
 * @param folder - Made if missing.
 * @param options - `seconds`: the time, seconds since 1970; `hostname`.
 * @throws WriteError if the file system refuses.
 */
export async function openNewEventFile(
  folder: string,
  options: { readonly seconds: number; readonly hostname: string },
): Promise<{ readonly path: string; readonly handle: FileHandle }> {
  await mkdir(folder, { recursive: true }).catch(refuse(folder));
  for (let index = 0; ; index++) {
    const present = await readdir(folder).catch(refuse(folder));
    const path = join(folder, eventFileName(present, { ...options, pid: process.pid, index }));
    const handle = await open(path, "wx").catch((error: NodeJS.ErrnoException) => {
      // Another call of this process created it first.
      if (error.code === "EEXIST") return null;
      throw new WriteError(path, error);
    });
    if (handle !== null) return { path, handle };
  }
}

/**
 * Name of a new event file. TensorBoard reads the files of a folder in the order of their names, so the new one sorts
 * after all present ones, even if the clock was set back or has not moved.
 *
 * @param present - Names of the files in the folder; other than event files are ignored.
 * @param options - `seconds`: the time, seconds since 1970; `hostname`; `pid`: number of the process; `index`: number of
 * the file in its process.
 * @example
 * const writer = { seconds: 1700000000.5, hostname: "gpu-7", pid: 42, index: 0 };
 * eventFileName([], writer); // => "events.out.tfevents.1700000000.gpu-7.42.0"
 * eventFileName(["events.out.tfevents.1700000000.gpu-7.41.0"], writer); // => "events.out.tfevents.1700000001.gpu-7.42.0"
 */
export function eventFileName(
  present: readonly string[],
  options: {
    readonly seconds: number;
    readonly hostname: string;
    readonly pid: number;
    readonly index: number;
  },
): string {
  const after = present.map((name) => Number(NAME.exec(name)?.[1] ?? -1) + 1);
  const seconds = after.reduce((a, b) => Math.max(a, b), Math.floor(options.seconds));
  const hostname = options.hostname.replace(/[^\w.-]/gu, "_") || "localhost";
  return `events.out.tfevents.${String(seconds).padStart(10, "0")}.${hostname}.${options.pid}.${options.index}`;
}

/** Turns an error of the file system into a WriteError. */
export function refuse(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw new WriteError(path, error);
  };
}
