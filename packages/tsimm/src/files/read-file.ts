/** Files of somebody else: only regular ones are read, and only up to a limit. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { printable } from "../text/printable.ts";

/** Options of {@link readRegularFile}. */
export interface ReadOptions {
  /** Largest size in bytes. */
  readonly limit: number;
}

// Opening a pipe without it waits for somebody who writes. Windows has no such flag.
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a whole regular file. Pipes, devices, sockets and folders are refused without waiting for them; the size is
 * looked at before a byte is read, and no more than that is read.
 *
 * @param path - The file; links are followed.
 * @throws Error with `code` of the file system if it cannot be opened; Error that names the file if it is not a
 * regular one, or larger than the limit.
 */
export async function readRegularFile(path: string, { limit }: ReadOptions): Promise<Buffer> {
  const file = await open(path, READ);
  try {
    const bytes = Buffer.alloc(checkedSize(path, await file.stat(), limit));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

/** The same as {@link readRegularFile}, on the calling thread. */
export function readRegularFileSync(path: string, { limit }: ReadOptions): Buffer {
  const descriptor = openSync(path, READ);
  try {
    const bytes = Buffer.alloc(checkedSize(path, fstatSync(descriptor), limit));
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(descriptor, bytes, filled, bytes.length - filled, filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}

function checkedSize(path: string, stats: Stats, limit: number): number {
  if (!stats.isFile()) {
    throw new Error(`"${printable(path)}" must be a regular file, got ${kindOf(stats)}`);
  }
  if (!(stats.size <= limit)) {
    throw new Error(`"${printable(path)}" must have at most ${limit} bytes, got ${stats.size}`);
  }
  return stats.size;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a pipe";
  if (stats.isSocket()) return "a socket";
  return stats.isCharacterDevice() || stats.isBlockDevice() ? "a device" : "something else";
}
