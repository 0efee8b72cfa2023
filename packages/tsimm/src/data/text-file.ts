/** Text files from elsewhere. */
import { stat } from "node:fs/promises";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";

/**
 * The text of a file in UTF-8, or in UTF-16 with a byte-order mark.
 *
 * @param path - The file, of at most 64 MiB.
 * @param refusal - Makes the error: `problem` follows the name of what the file is.
 * @returns null if there is no such file.
 * @throws The error that `refusal` makes if the file cannot be read or is no text.
 */
export async function readTextFile(
  path: string,
  refusal: (problem: string) => Error,
): Promise<string | null> {
  const stats = await stat(path).catch(() => null);
  if (stats === null) return null;
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(path, { limit: TEXT_LIMIT });
  } catch (error) {
    throw refusal(`must be a readable file, got ${error instanceof Error ? error.message : error}`);
  }
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw refusal(`must be text in UTF-8, got other bytes in "${path}"; save it as UTF-8`);
  }
}
