/** Files that are whole or absent. */
import { randomBytes } from "node:crypto";
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { printable } from "../text/printable.ts";

/** The file system refused to write, rename or remove a file. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  /** The file. */
  readonly path: string;
  /** Code of the file system, e.g. `ENOSPC`. */
  readonly code: string | undefined;
  /** Its words, e.g. `ENOSPC: no space left on device`. */
  readonly reason: string;

  /**
   * @param path - The file.
   * @param cause - What the file system threw.
   */
  constructor(path: string, cause: NodeJS.ErrnoException) {
    // The message of the file system goes on with the name of a temporary file.
    const [reason = ""] = cause.message.split(", ");
    super(`cannot write "${printable(path)}" (${reason})`, { cause });
    this.path = path;
    this.code = cause.code;
    this.reason = reason;
  }
}

/** Names of {@link temporaryName}. */
const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

/**
 * Writes a file under a temporary name in the same folder, syncs it, renames it, syncs the folder: a reader
 * sees the old file or the new one, never a part.
 *
 * @throws WriteError; the temporary file is gone then, the old file untouched.
 */
export async function writeFileWhole(path: string, data: string | Uint8Array): Promise<void> {
  await replaceFile(path, async (temporary) => {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/**
 * Makes the folder of a file that a user named, and those around it.
 *
 * @throws WriteError
 */
export async function makeFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new WriteError(path, error);
  });
}

/**
 * Writes a file as {@link writeFileWhole} does, unless it holds these bytes already.
 *
 * @returns Whether it was written.
 * @throws WriteError
 */
export async function updateFile(path: string, data: string | Uint8Array): Promise<boolean> {
  const present = await readFile(path).catch(() => null);
  if (present?.equals(Buffer.from(data))) return false;
  await writeFileWhole(path, data);
  return true;
}

/**
 * Makes `to` a second name of the file `from`, or a copy where the file system has no hard links.
 *
 * @throws WriteError; an old file `to` is untouched then.
 */
export async function linkFile(from: string, to: string): Promise<void> {
  await replaceFile(to, async (temporary) => {
    await link(from, temporary).catch(async () => {
      await copyFile(from, temporary);
      const copy = await open(temporary, "r+");
      await copy.sync().finally(() => copy.close());
    });
  });
}

/**
 * Removes a file if it is there.
 *
 * @throws WriteError
 */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: NodeJS.ErrnoException) => {
    throw new WriteError(path, error);
  });
}

/** Removes what writers that were killed have left in a folder; nobody else may write there meanwhile. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => TEMPORARY.test(name));
  for (const name of names) await removeFile(join(folder, name));
}

/** A name in the same folder that no other file has. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}

async function replaceFile(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await make(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new WriteError(path, error as NodeJS.ErrnoException);
  }
  // Renaming onto another name of the same file leaves the temporary name behind.
  await removeFile(temporary);
  await syncFolder(dirname(path));
}

// Windows cannot open a folder; there the rename alone has to do.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => null);
  try {
    await folder?.sync();
  } catch {
    // Some network file systems refuse to sync a folder.
  } finally {
    await folder?.close();
  }
}
