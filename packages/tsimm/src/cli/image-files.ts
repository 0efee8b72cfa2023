/** The images that a command is given. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "../text/printable.ts";

/** The images of a folder by the rules of training, in natural order; any other path is the image itself. */
export async function imageFiles(path: string): Promise<string[]> {
  const kind = await stat(path).catch(() => null);
  if (kind === null) throw new Error(printable(`predict: images must exist, got "${path}"`));
  if (!kind.isDirectory()) return [path];
  const { walkFolder } = await import("../data/walk-folder.ts");
  const { IMAGE_EXTENSIONS, isImageName } = await import("../data/image-names.ts");
  const { countExtensions, describeLeftOut } = await import("../data/left-out.ts");
  const { naturalSortSet } = await import("../text/natural-sort.ts");
  const { paths, leftOut } = await walkFolder(path);
  const others = paths.filter((name) => !isImageName(name));
  const left = describeLeftOut(countExtensions(others, leftOut));
  const files = naturalSortSet(paths.filter(isImageName));
  if (files.length === 0) {
    const extensions = IMAGE_EXTENSIONS.join(", ");
    throw new Error(
      printable(`predict: images must hold files of ${extensions}, got ${left || "none"} in "${path}"`),
    );
  }
  if (left !== "") process.stderr.write(`${printable(`Left out of ${path}: ${left}`)}\n`);
  return files.map((name) => join(path, name));
}
