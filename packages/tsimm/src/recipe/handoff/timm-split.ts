/** What timm's reader finds in a folder of images, which is not always what is found here. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isIgnoredName } from "../../data/ignored-names.ts";
import { extensionOf, isImageName } from "../../data/image-names.ts";
import { splitNames } from "../../data/split-files.ts";
import { naturalSortSet } from "../../text/natural-sort.ts";

/** The images of a split, as timm lists them. */
export interface TimmSplit {
  /** The split's folder; of a name that is not there it is the whole data set. */
  readonly root: string;
  /** Names of the folders that images lie in, in natural order. */
  readonly labels: readonly string[];
  readonly images: number;
  /** Images of formats that timm does not list. */
  readonly leftOut: number;
  /** Images in hidden folders and in those of the system: timm takes each folder for a class, unless it has their list. */
  readonly inHidden: number;
  /** Hidden files of the names of images, which timm takes for images. */
  readonly hidden: number;
}

/** Extensions that timm lists. */
const EXTENSIONS: readonly string[] = [".png", ".jpg", ".jpeg"];

/**
 * Lists a split as timm does: hidden folders too, by extension, labelled by the folder that an image lies in.
 *
 * @see timm `timm/data/readers/reader_image_folder.py`
 */
export async function timmSplit(dataDir: string, split: string): Promise<TimmSplit> {
  const root = await splitFolder(dataDir, split);
  const labels = new Set<string>();
  const counts = { images: 0, leftOut: 0, inHidden: 0, hidden: 0 };
  const seen = new Set<string>();
  const visit = async (folder: string, isHidden: boolean): Promise<void> => {
    const identity = await realpath(folder);
    if (seen.has(identity)) return;
    seen.add(identity);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const isIgnored = isIgnoredName(entry.name);
      if (await isFolder(entry, path)) await visit(path, isHidden || isIgnored);
      else if (EXTENSIONS.includes(extensionOf(entry.name))) {
        if (isHidden) counts.inHidden++;
        else if (isIgnored) counts.hidden++;
        else {
          counts.images++;
          labels.add(folder === root ? "" : basename(folder));
        }
      } else if (isImageName(entry.name) && !isHidden && !isIgnored) counts.leftOut++;
    }
  };
  await visit(root, false);
  return { root, labels: naturalSortSet(labels), ...counts };
}

async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

async function splitFolder(dataDir: string, split: string): Promise<string> {
  for (const name of splitNames(split)) {
    const folder = join(dataDir, name);
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
  }
  return dataDir;
}
