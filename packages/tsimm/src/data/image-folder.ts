/** The files of a split of a folder on disk. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { missingSplit, type SplitFiles, splitNames } from "./split-files.ts";

/**
 * Lists the files of a split, through symbolic links too; a link to a folder that it lies in is left out.
 *
 * @param dataDir - Root of the data set, a folder.
 * @param split - Name of the split's folder; timm's synonyms count too.
 * @throws RangeError if there is no such folder.
 * @see timm `timm/data/readers/reader_image_folder.py`
 */
export async function openImageFolder(dataDir: string, split: string): Promise<SplitFiles> {
  const root = await findSplit(dataDir, split);
  return {
    root,
    paths: await walk(root),
    locate: (path) => ({ file: join(root, path) }),
  };
}

async function findSplit(dataDir: string, split: string): Promise<string> {
  for (const name of splitNames(split)) {
    const folder = join(dataDir, name);
    if (await isFolder(folder)) return folder;
  }
  throw missingSplit(dataDir, split, (await readdir(dataDir)).sort());
}

async function walk(root: string): Promise<string[]> {
  const files: string[] = [];
  const visit = async (path: string, above: readonly string[]): Promise<void> => {
    const folder = join(root, path);
    const identity = await realpath(folder);
    if (above.includes(identity)) return;
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (await leadsToFolder(entry, join(root, below))) await visit(below, [...above, identity]);
      else files.push(below);
    }
  };
  await visit("", []);
  return files;
}

async function leadsToFolder(entry: Dirent, path: string): Promise<boolean> {
  return entry.isSymbolicLink() ? isFolder(path) : entry.isDirectory();
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  return stats?.isDirectory() ?? false;
}
