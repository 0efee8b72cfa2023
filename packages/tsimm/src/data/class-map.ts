/** Class maps: which classes there are, and in which order. */
import { join } from "node:path";
import { printable } from "../text/printable.ts";
import { readTextFile } from "./text-file.ts";

/**
 * Reads a class map: a text file whose line n names class n.
 *
 * @param path - Path of a `.txt`, looked up as given, then below `dataDir`.
 * @param dataDir - Root of the data set.
 * @throws RangeError if the file is missing, empty, no text in a `.txt`, or names a class twice.
 * @see timm `timm/data/readers/class_map.py`
 */
export async function readClassMap(path: string, dataDir: string): Promise<readonly string[]> {
  if (!path.toLowerCase().endsWith(".txt")) {
    throw refusal(
      `classMap must be a .txt file, got "${path}"; write one class name a line` +
        (path.endsWith(".pkl") ? " (pickles are not read, they can run code)" : ""),
    );
  }
  const broken = (problem: string) => refusal(`classMap ${problem}`);
  const text = (await readTextFile(path, broken)) ?? (await readTextFile(join(dataDir, path), broken));
  if (text === null) {
    throw refusal(`classMap must be a file, got "${path}", which is neither here nor in ${dataDir}`);
  }
  const names = text
    .trimEnd()
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (name === "" || name.includes("\0") || seen.has(name)) {
      throw refusal(
        `each line of classMap must name another class, got "${name}" in line ${index + 1} of ${path}`,
      );
    }
    seen.add(name);
  }
  return names;
}

function refusal(problem: string): RangeError {
  return new RangeError(printable(`readClassMap: ${problem}`));
}
