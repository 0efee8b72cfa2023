/** Reads what a safetensors file says about itself, without its tensors. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { SafeTensorsMetadata } from "./safetensors.ts";

/** Header of a file. */
export interface SafetensorsHeader {
  readonly metadata: SafeTensorsMetadata;
  /** Names of the tensors, in the order of the header. */
  readonly names: readonly string[];
}

/** Larger headers are refused, as in `decodeSafetensors`. */
const MAX_LENGTH = 100_000_000;

/**
 * Reads the header of a safetensors file and compares the size of the file with it; the tensors' bytes are not read.
 *
 * @param path - The file.
 * @throws Error with the file system's `code` if it cannot be opened; Error that says what is wrong with it.
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  // Opening a pipe without O_NONBLOCK waits for somebody who writes.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error("it is not a regular file");
    const length = Number(await readPiece(file, 0, 8).then((bytes) => bytes.readBigUInt64LE()));
    if (!(length <= Math.min(stats.size - 8, MAX_LENGTH))) throw new Error("its header is torn");
    const header: unknown = JSON.parse((await readPiece(file, 8, length)).toString("utf8"));
    const { __metadata__: metadata = {}, ...tensors } = header as Record<string, object>;
    const ends = Object.values(tensors).map((entry) => dataEnd(entry));
    const size = 8 + length + ends.reduce((most, end) => Math.max(most, end), 0);
    if (stats.size !== size) throw new Error(`it must have ${size} bytes, got ${stats.size}`);
    return { metadata: metadata as SafeTensorsMetadata, names: Object.keys(tensors) };
  } finally {
    await file.close();
  }
}

async function readPiece(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new Error(`it ends at byte ${position + bytesRead}`);
  return bytes;
}

function dataEnd(entry: object): number {
  const [, end] = (entry as { data_offsets?: readonly unknown[] }).data_offsets ?? [];
  return typeof end === "number" ? end : Number.NaN;
}
