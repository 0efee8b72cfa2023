/** timm's rules of the image folder: which files are images, and of which class. */
import { naturalSortSet } from "../text/natural-sort.ts";
import type { SplitFiles } from "./split-files.ts";

/** File name extensions of images, in lower case; any case counts. */
export const IMAGE_EXTENSIONS: readonly string[] = [".png", ".jpg", ".jpeg", ".webp"];

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
  /** Hears of what was left out or merged. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Labels each image with the name of the folder that it lies in.
 *
 * @param split - The files.
 * @returns The class names in order, and the images in natural order of their paths.
 * @throws RangeError if there is no image, an image outside of class folders, fewer than two classes, or a
 * class that `classNames` does not list.
 * @see timm `timm/data/readers/reader_image_folder.py`, `find_images_and_targets`
 */
export function labelFiles(
  split: SplitFiles,
  options: LabelFilesOptions,
): { classNames: readonly string[]; files: LabelledFile[] } {
  const { root } = split;
  const { dataDir, skipUnknown = false, onWarning } = options;
  const images = naturalSortSet(split.paths.filter(isImage));
  if (images.length === 0) {
    throw new RangeError(
      `openDataset: ${root} must hold images (${IMAGE_EXTENSIONS.join(", ")}), got none; ` +
        `put them into ${root}/<class>/`,
    );
  }
  refuseLooseImages(root, images);
  const folders = new Map(images.map((path) => [folderOf(path), labelOf(path)]));
  const labels = new Set(folders.values());
  if (folders.size > labels.size) warnOfMerged(root, folders, onWarning);

  const classNames = options.classNames ?? naturalSortSet(labels);
  if (classNames.length < 2) {
    throw new RangeError(
      `openDataset: ${dataDir} must have images of at least 2 classes, got only "${classNames.join()}"; ` +
        `put the images of each class into a folder of its own, ${root}/<class>/`,
    );
  }
  const labelIds = new Map(classNames.map((name, id) => [name, id]));
  const unknown = naturalSortSet(labels).filter((name) => !labelIds.has(name));
  if (unknown.length > 0 && !skipUnknown) {
    throw new RangeError(
      `openDataset: ${root} must have the classes of the training images (${list(classNames)}), ` +
        `got ${list(unknown)}; rename or remove these folders`,
    );
  }
  const files = images.flatMap((path) => {
    const label = labelIds.get(labelOf(path));
    return label === undefined ? [] : [{ path, label }];
  });
  if (unknown.length > 0) {
    const skipped = images.length - files.length;
    onWarning?.(`Left out ${skipped} images in ${root}: the class map does not list ${list(unknown)}`);
  }
  if (files.length === 0) {
    throw new RangeError(
      `openDataset: ${root} must hold images of the classes ${list(classNames)}, got ${list(unknown)}; ` +
        "write the folder names into the class map, one a line",
    );
  }
  return { classNames, files };
}

function isImage(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return IMAGE_EXTENSIONS.some((extension) => name.endsWith(extension) && name.length > extension.length);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function labelOf(path: string): string {
  const folder = folderOf(path);
  return folder.slice(folder.lastIndexOf("/") + 1);
}

function refuseLooseImages(root: string, images: readonly string[]): void {
  const loose = images.filter((path) => !path.includes("/"));
  if (loose.length === 0) return;
  throw new RangeError(
    `openDataset: images must lie in class folders, got ${list(loose)} directly in ${root}; ` +
      `move each to ${root}/<class>/`,
  );
}

function warnOfMerged(
  root: string,
  folders: ReadonlyMap<string, string>,
  onWarning: ((message: string) => void) | undefined,
): void {
  for (const label of new Set(folders.values())) {
    const same = naturalSortSet([...folders].filter(([, name]) => name === label).map(([folder]) => folder));
    if (same.length > 1) onWarning?.(`Folders of the same name in ${root} are one class: ${list(same)}`);
  }
}

function list(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}
