/** The files of a split of a folder on disk. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isIgnoredName } from "./ignored-names.ts";
import { MissingSplitError, type SplitFiles, splitNames } from "./split-files.ts";
import { walkFolder } from "./walk-folder.ts";

/**
 * Lists the files of a split, through symbolic links too.
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
    ...(await walkFolder(root)),
    locate: (path) => ({ file: join(root, path) }),
  };
}

async function findSplit(dataDir: string, split: string): Promise<string> {
  for (const name of splitNames(split)) {
    const folder = join(dataDir, name);
    const stats = await stat(folder).catch(() => null);
    if (stats?.isDirectory()) return folder;
  }
  const names = (await readdir(dataDir)).filter((name) => !isIgnoredName(name));
  throw new MissingSplitError(dataDir, split, names.sort());
}
