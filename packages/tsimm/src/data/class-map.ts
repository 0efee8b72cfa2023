/** Class maps: which classes there are, and in which order. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { printable } from "../text/printable.ts";

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
  const text = (await readText(path)) ?? (await readText(join(dataDir, path)));
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

/** The text of a file in UTF-8, or in UTF-16 with a byte-order mark; null if there is no such file. */
async function readText(path: string): Promise<string | null> {
  const stats = await stat(path).catch(() => null);
  if (stats === null) return null;
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(path, { limit: TEXT_LIMIT });
  } catch (error) {
    throw refusal(`classMap must be a readable file, got ${error instanceof Error ? error.message : error}`);
  }
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw refusal(`classMap must be text in UTF-8, got other bytes in "${path}"; save it as UTF-8`);
  }
}

function refusal(problem: string): RangeError {
  return new RangeError(printable(`readClassMap: ${problem}`));
}
