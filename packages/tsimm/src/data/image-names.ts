/** Which files are images, by their names. */

/** Usual file name extensions of the formats that are read, in lower case; any case counts. */
export const IMAGE_EXTENSIONS: readonly string[] = [
  ...[".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"],
];

/** Rare ones that Pillow has too. */
const RARE_EXTENSIONS: readonly string[] = [".apng", ".avifs", ".jpe"];

/**
 * Whether a path ends in one of the {@link IMAGE_EXTENSIONS}, or in a rare one of these formats.
 *
 * @param path - Path with `/` between names.
 */
export function isImageName(path: string): boolean {
  const extension = extensionOf(path);
  return IMAGE_EXTENSIONS.includes(extension) || RARE_EXTENSIONS.includes(extension);
}

/**
 * Extension of a file's name in lower case, with its dot; empty without one.
 *
 * @param path - Path with `/` between names.
 * @example
 * extensionOf("cats/1.JPG"); // => ".jpg"
 * extensionOf("cats.old/1"); // => ""
 */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot).toLowerCase() : "";
}
