/** Class maps: which classes there are, and in which order. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Reads a class map: a text file whose line n names class n.
 *
 * @param path - Path of a `.txt`, looked up as given, then below `dataDir`.
 * @param dataDir - Root of the data set.
 * @throws RangeError if the file is missing, empty, no `.txt`, or names a class twice.
 * @see timm `timm/data/readers/class_map.py`
 */
export async function readClassMap(path: string, dataDir: string): Promise<readonly string[]> {
  if (!path.toLowerCase().endsWith(".txt")) {
    throw new RangeError(
      `readClassMap: classMap must be a .txt file, got "${path}"; write one class name a line` +
        (path.endsWith(".pkl") ? " (pickles are not read, they can run code)" : ""),
    );
  }
  const text = (await readText(path)) ?? (await readText(join(dataDir, path)));
  if (text === null) {
    throw new RangeError(
      `readClassMap: classMap must be a file, got "${path}", which is neither here nor in ${dataDir}`,
    );
  }
  const names = text
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
  const bad = names.findIndex((name, line) => name === "" || names.indexOf(name) < line);
  if (bad >= 0) {
    throw new RangeError(
      `readClassMap: each line of classMap must name another class, got "${names[bad]}" ` +
        `in line ${bad + 1} of ${path}`,
    );
  }
  return names;
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}
