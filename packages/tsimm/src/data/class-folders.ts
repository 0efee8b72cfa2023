/** Which of the folders around an image names its class: the one it lies in, or the top one. */
import { listNames } from "../text/list-names.ts";
import { naturalSortSet } from "../text/natural-sort.ts";
import { printable } from "../text/printable.ts";

/** How a folder of images is read. */
export interface ClassFolders {
  /** Class of the images in a folder, by the folder's path. */
  readonly labels: ReadonlyMap<string, string>;
  /** How many names from the root a class folder is away; null: classes are the folders that images lie in. */
  readonly depth: number | null;
  /** Said to the user where it is not plain which folders are the classes. */
  readonly explanation: string | null;
}

/** Options of {@link readClassFolders}. */
export interface ClassFoldersOptions {
  /** The split's folder, for messages. */
  readonly root: string;
  /** Classes that are known from elsewhere: the way of reading that gives them is taken. */
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Finds the class of each folder of images.
 *
 * timm takes the folder that an image lies in. Where every top folder has sub-folders of images (sessions, cameras,
 * patients), the top folder is the class, as in torchvision. One folder around all others is looked through.
 *
 * @param folders - Folders in which images lie, relative to the root, with `/` between names.
 * @throws RangeError if some top folders have sub-folders of images, others have not, and no names decide.
 */
export function readClassFolders(
  folders: Iterable<string>,
  { root, classNames }: ClassFoldersOptions,
): ClassFolders {
  const paths = [...folders].map((path) => ({ path, names: path.split("/") }));
  const wrappers = countWrappers(paths.map(({ names }) => names));
  const byLeaf = labelled(paths, null);
  const byTop = labelled(paths, wrappers);
  const nested = paths.filter(({ path }) => byTop.labels.get(path) !== byLeaf.labels.get(path));
  if (nested.length === 0 && classNames === undefined) return byLeaf;
  const tops = new Set(byTop.labels.values());
  const divided = new Set(
    paths.flatMap(({ names }) => (names.length > wrappers + 1 ? [names[wrappers] ?? ""] : [])),
  );
  const subfolders = naturalSortSet(new Set(nested.map(({ names }) => names.at(-1) ?? "")));
  const allDivided = divided.size === tops.size;
  const explained = {
    ...byTop,
    explanation: printable(
      `The class of an image is its top folder in ${root} (${listNames(naturalSortSet(tops))}); ` +
        `the folders below (${listNames(subfolders)}) are no classes, unless a --class-map file lists them`,
    ),
  };
  if (classNames !== undefined) {
    const outer = Array.from({ length: wrappers }, (_, depth) => labelled(paths, depth));
    const readings = nested.length === 0 ? [byLeaf] : allDivided ? [explained, byLeaf] : [byLeaf, explained];
    const chosen = fitting([...readings, ...outer], classNames);
    if (chosen) return chosen;
  }
  if (nested.length === 0) return byLeaf;
  if (allDivided) return explained;
  const flat = new Set([...tops].filter((name) => !divided.has(name)));
  // A sub-folder named as a class beside its parent: the parent groups classes.
  if (subfolders.some((name) => flat.has(name))) return byLeaf;
  const parents = naturalSortSet(divided);
  throw new RangeError(
    printable(
      `openDataset: all class folders or none must have sub-folders of images, got ${listNames(parents)} with ` +
        `(${listNames(subfolders)}) and ${listNames(naturalSortSet(flat))} without in ${root}; if ${parents[0]} is a class, move its images up ` +
        `into ${root}/${parents[0]}; if ${subfolders[0]} is a class, move that folder up into ${root}; ` +
        "or name the classes, one a line, in a file for --class-map",
    ),
  );
}

interface FolderNames {
  readonly path: string;
  readonly names: readonly string[];
}

function labelled(paths: readonly FolderNames[], depth: number | null): ClassFolders {
  const labels = new Map(paths.map(({ path, names }) => [path, names.at(depth ?? -1) ?? ""]));
  return { labels, depth, explanation: null };
}

/** Folders around all others, in which no image lies directly. */
function countWrappers(folders: readonly (readonly string[])[]): number {
  let wrappers = 0;
  while (
    folders.every((names) => names.length > wrappers + 1 && names[wrappers] === folders[0]?.[wrappers])
  ) {
    wrappers++;
  }
  return wrappers;
}

/** The reading whose labels are all among the names; else the only one that has some of them. */
function fitting(readings: readonly ClassFolders[], classNames: readonly string[]): ClassFolders | undefined {
  const known = new Set(classNames);
  const scored = readings.map((reading) => {
    const labels = [...new Set(reading.labels.values())];
    return {
      reading,
      all: labels.every((name) => known.has(name)),
      some: labels.some((name) => known.has(name)),
    };
  });
  const some = scored.filter((each) => each.some);
  return (scored.find(({ all }) => all) ?? (some.length === 1 ? some[0] : undefined))?.reading;
}
