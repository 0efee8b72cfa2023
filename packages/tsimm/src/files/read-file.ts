/** Files of somebody else: only regular ones are read, and only up to a limit. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { printable } from "../text/printable.ts";

/** Options of {@link readRegularFile}. */
export interface ReadOptions {
  /** Largest size in bytes. */
  readonly limit: number;
}

/** Largest image file that is read, in bytes: the pixels of the largest image, uncompressed. */
export const IMAGE_LIMIT: number = 256 * 2 ** 20;
/** Largest text file that is read, in bytes: class maps and configurations. */
export const TEXT_LIMIT: number = 64 * 2 ** 20;
/** Largest file of weights that is read, in bytes; Node 20 has no larger buffers. */
export const WEIGHTS_LIMIT: number = 4 * 2 ** 30;

/** Largest `.onnx` file that is read, in bytes: a protobuf message holds less than 2 GiB. */
export const ONNX_LIMIT: number = 2 ** 31;

/** Bytes of one call of the system, which takes no more than 2 GiB at once. */
const PIECE = 2 ** 30;

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
  const file = await openRegularFile(path);
  try {
    const bytes = Buffer.alloc(checkedSize(path, (await file.stat()).size, limit));
    let filled = 0;
    while (filled < bytes.length) {
      const length = Math.min(PIECE, bytes.length - filled);
      const { bytesRead } = await file.read(bytes, filled, length, filled);
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
  const descriptor = openRegularFileSync(path);
  try {
    const bytes = Buffer.alloc(checkedSize(path, fstatSync(descriptor).size, limit));
    let filled = 0;
    while (filled < bytes.length) {
      const length = Math.min(PIECE, bytes.length - filled);
      const read = readSync(descriptor, bytes, filled, length, filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Opens a regular file for reading, without waiting for a pipe.
 *
 * @param path - The file; links are followed.
 * @throws Error with `code` of the file system if it cannot be opened; Error that names it if it is not a regular file.
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await open(path, READ);
  try {
    checkRegular(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The same as {@link openRegularFile}, on the calling thread; returns a file descriptor. */
export function openRegularFileSync(path: string): number {
  const descriptor = openSync(path, READ);
  try {
    checkRegular(path, fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function checkRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  throw new Error(`"${printable(path)}" must be a regular file, got ${kindOf(stats)}`);
}

function checkedSize(path: string, size: number, limit: number): number {
  if (size <= limit) return size;
  throw new Error(`"${printable(path)}" must have at most ${limit} bytes, got ${size}`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a pipe";
  if (stats.isSocket()) return "a socket";
  return stats.isCharacterDevice() || stats.isBlockDevice() ? "a device" : "something else";
}
