/** The ONNX file that a run's model is made of: a copy in the run's folder. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ONNX_LIMIT, readRegularFileSync } from "../files/read-file.ts";
import { updateFile } from "../files/write-file.ts";
import { printable } from "../text/printable.ts";

/** Name of the copy. */
export const ORIGINAL = "original.onnx";

/** SHA-256 of a file's content. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Writes the copy, unless it is there. */
export async function writeOriginal(folder: string, bytes: Uint8Array): Promise<void> {
  await updateFile(join(folder, ORIGINAL), bytes);
}

/**
 * Reads the copy beside a checkpoint.
 *
 * @param path - A file in the run's folder.
 * @param sha256 - Of the copy.
 * @throws Error if it is not there, or is another file.
 */
export function readOriginal(path: string, sha256: string): Uint8Array {
  const file = join(dirname(path), ORIGINAL);
  let bytes: Uint8Array;
  try {
    bytes = readRegularFileSync(file, { limit: ONNX_LIMIT });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `"${printable(path)}" must have beside it ${ORIGINAL}, the file that its model is made of (${code ?? message}); copy it from the run's folder`,
      { cause: error },
    );
  }
  if (digestOf(bytes) === sha256) return bytes;
  throw new Error(
    `"${printable(file)}" must be the file that the model of "${printable(path)}" is made of, got another one: its SHA-256 differs`,
  );
}
