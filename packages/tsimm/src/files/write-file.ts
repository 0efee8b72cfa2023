/** Files that are whole or absent. */
import { randomBytes } from "node:crypto";
import { copyFile, link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file under a temporary name in the same folder, syncs it, renames it, syncs the folder: a reader
 * sees the old file or the new one, never a part.
 *
 * @throws The error of the file system; the temporary file is gone then, the old file untouched.
 */
export async function writeFileWhole(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes `to` a second name of the file `from`, or a copy where the file system has no hard links. */
export async function linkFile(from: string, to: string): Promise<void> {
  const temporary = temporaryName(to);
  try {
    await link(from, temporary).catch(() => copyFile(from, temporary));
    await rename(temporary, to);
  } finally {
    // Renaming onto another name of the same file leaves the temporary name behind.
    await rm(temporary, { force: true });
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
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
