/** timm's rules of the image folder: which files are images, and of which class. */
import { listNames } from "../text/list-names.ts";
import { naturalSortSet } from "../text/natural-sort.ts";
import { printable } from "../text/printable.ts";
import { type ClassFolders, readClassFolders } from "./class-folders.ts";
import { IMAGE_EXTENSIONS, isImageName } from "./image-names.ts";
import { countExtensions, describeLeftOut } from "./left-out.ts";
import type { SplitFiles } from "./split-files.ts";

/** An image file and its class. */
export interface LabelledFile {
  /** Relative to the split's root. */
  readonly path: string;
  /** Index into the class names. */
  readonly label: number;
}

/** Options of {@link labelFiles}. */
export interface LabelFilesOptions {
  /** Root of the data set, for messages. */
  readonly dataDir: string;
  /** Classes in order; absent: the folder names in natural order. */
  readonly classNames?: readonly string[] | undefined;
  /** true: leave out images of other classes than `classNames`; false: they are an error. */
  readonly skipUnknown?: boolean | undefined;
  /** Callback for what is no image, and for which folders are the classes. */
  readonly onInfo?: ((message: string) => void) | undefined;
  /** Callback for images that are left out and folders that are merged. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Labels each image with the name of its class folder.
 *
 * @param split - The files.
 * @returns The class names in order, and the images in natural order of their paths.
 * @throws RangeError if there is no image, an image outside of class folders, a class folder without images, fewer
 * than two classes, a class that `classNames` does not list, or one whose name is more than a line.
 * @see timm `timm/data/readers/reader_image_folder.py`, `find_images_and_targets`
 */
export function labelFiles(
  split: SplitFiles,
  options: LabelFilesOptions,
): { classNames: readonly string[]; files: LabelledFile[] } {
  const { root } = split;
  const { dataDir, skipUnknown = false } = options;
  const onInfo = (message: string) => options.onInfo?.(printable(message));
  const onWarning = (message: string) => options.onWarning?.(printable(message));
  const images = naturalSortSet(split.paths.filter(isImageName));
  const leftOut = describeLeftOut(
    countExtensions(
      split.paths.filter((path) => !isImageName(path)),
      split.leftOut,
    ),
  );
  if (images.length === 0) {
    throw refusal(
      `${root} must hold images (${IMAGE_EXTENSIONS.join(", ")}), got ${leftOut || "none"}; ` +
        `put them into ${root}/<class>/`,
    );
  }
  refuseLooseImages(root, images);
  const folders = readClassFolders(new Set(images.map(folderOf)), { root, classNames: options.classNames });
  const { labels: folderLabels, explanation } = folders;
  const labels = new Set(folderLabels.values());
  refuseEmptyClasses(split, folders, skipUnknown ? new Set(options.classNames) : null);
  refuseBrokenNames(root, labels);
  const explained = explanation !== null && (options.classNames === undefined || skipUnknown);
  if (explained) onInfo(explanation);
  if (leftOut !== "") onInfo(`Left out of ${root}: ${leftOut}`);
  if (folders.depth === null && folderLabels.size > labels.size) warnOfMerged(root, folderLabels, onWarning);

  const classNames = options.classNames ?? naturalSortSet(labels);
  if (classNames.length < 2) {
    throw refusal(
      `${dataDir} must have images of at least 2 classes, got only "${classNames.join()}"; ` +
        `put the images of each class into a folder of its own, ${root}/<class>/`,
    );
  }
  const labelIds = new Map(classNames.map((name, id) => [name, id]));
  const unknown = naturalSortSet(labels).filter((name) => !labelIds.has(name));
  if (unknown.length > 0 && !skipUnknown) {
    throw refusal(
      `${root} must have the classes of the training images (${listNames(classNames)}), ` +
        `got ${listNames(unknown)}; rename or remove these folders`,
    );
  }
  const files = images.flatMap((path) => {
    const label = labelIds.get(folderLabels.get(folderOf(path)) ?? "");
    return label === undefined ? [] : [{ path, label }];
  });
  if (unknown.length > 0) {
    const skipped = images.length - files.length;
    onWarning(`Left out ${skipped} images in ${root}: the class map does not list ${listNames(unknown)}`);
  }
  if (files.length === 0) {
    throw refusal(
      `${root} must hold images of the classes ${listNames(classNames)}, got ${listNames(unknown)}; ` +
        "write the folder names into the class map, one a line",
    );
  }
  return { classNames, files };
}

function refusal(problem: string): RangeError {
  return new RangeError(printable(`openDataset: ${problem}`));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function refuseLooseImages(root: string, images: readonly string[]): void {
  const loose = images.filter((path) => !path.includes("/"));
  if (loose.length === 0) return;
  throw refusal(
    `images must lie in class folders, got ${listNames(loose)} directly in ${root}; ` +
      `move each to ${root}/<class>/`,
  );
}

/** A class whose images are all left out would vanish without a word. */
function refuseEmptyClasses(
  { root, paths, folders }: SplitFiles,
  { labels, depth }: ClassFolders,
  classMap: ReadonlySet<string> | null,
): void {
  const around = new Set([...labels.keys()].flatMap(withParents));
  const isEmptyClass = (folder: string) => {
    const parents = withParents(folder);
    const above = parents.slice(1);
    if (around.has(folder) || !above.every((parent) => around.has(parent))) return false;
    const isClass =
      depth === null ? !above.some((parent) => labels.has(parent)) : parents.length <= depth + 1;
    return isClass && (classMap === null || classMap.has(nameOf(folder)));
  };
  const empty = new Map(
    naturalSortSet(folders.filter(isEmptyClass)).map((folder) => [folder, [] as string[]]),
  );
  if (empty.size === 0) return;
  for (const path of paths) {
    const folder = withParents(path).find((parent) => empty.has(parent));
    if (folder !== undefined) empty.get(folder)?.push(path);
  }
  const held = [...empty].map(([folder, files]) => {
    const kinds = describeLeftOut(countExtensions(files));
    return `${root}/${folder} (${kinds === "" ? "empty" : kinds})`;
  });
  throw refusal(
    `each class folder must hold images (${IMAGE_EXTENSIONS.join(", ")}), got none in ${listNames(held)}; ` +
      "convert what lies there or remove the folder",
  );
}

/** A path and the folders that it lies in, innermost first. */
function withParents(path: string): string[] {
  const names = path.split("/");
  return names.map((_, i) => names.slice(0, names.length - i).join("/"));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Lists of classes have a class in each line. */
function refuseBrokenNames(root: string, labels: ReadonlySet<string>): void {
  const broken = [...labels].filter((name) => /[\n\r\0]/.test(name));
  if (broken.length === 0) return;
  throw refusal(
    `class names must have no line breaks, got ${listNames(broken)} in ${root}; rename the folders`,
  );
}

function warnOfMerged(
  root: string,
  folders: ReadonlyMap<string, string>,
  onWarning: (message: string) => void,
): void {
  const byLabel = new Map<string, string[]>();
  for (const [folder, label] of folders) {
    const same = byLabel.get(label);
    if (same) same.push(folder);
    else byLabel.set(label, [folder]);
  }
  for (const same of byLabel.values()) {
    if (same.length > 1) {
      onWarning(`Folders of the same name in ${root} are one class: ${listNames(naturalSortSet(same))}`);
    }
  }
}
