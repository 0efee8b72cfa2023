/** Rows of features: in memory, or in a temporary file where they are too many. */
import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../files/cache-folder.ts";

/** Options of {@link createFeatureStore}. */
export interface FeatureStoreOptions {
  /** Rows, an integer >= 1. */
  readonly rows: number;
  /** Numbers of a row, an integer >= 1. */
  readonly width: number;
  /** Most bytes in memory; absent: 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** Folder of the file; absent: `features` in the user's cache folder. */
  readonly folder?: string | undefined;
}

/** Rows of numbers that are written once and read often. */
export interface FeatureStore {
  readonly location: "memory" | "disk";
  /** Bytes of all rows. */
  readonly bytes: number;
  /** Whether a row is written. */
  has(row: number): boolean;
  /** Writes rows, one after the other in `data`. */
  write(rows: readonly number[], data: Float32Array): Promise<void>;
  /** The rows, one after the other. */
  read(rows: readonly number[]): Promise<Float32Array>;
  /** Frees the memory, and removes the file. */
  close(): Promise<void>;
}

/** Bytes of features in memory. */
const mostBytes = 2 ** 30;

/** Rows of a block of memory, which is taken when the first of them is written. */
const blockRows = 1024;

/** Makes a store without a row in it. */
export async function createFeatureStore(options: FeatureStoreOptions): Promise<FeatureStore> {
  const { rows, width, maxBytes = mostBytes, folder = join(cacheFolder(), "features") } = options;
  const bytes = rows * width * Float32Array.BYTES_PER_ELEMENT;
  return bytes <= maxBytes ? inMemory(bytes, width) : await onDisk(bytes, width, folder);
}

function inMemory(bytes: number, width: number): FeatureStore {
  const written = new Set<number>();
  const blocks = new Map<number, Float32Array>();
  const place = (row: number): Float32Array => {
    const index = Math.floor(row / blockRows);
    const block = blocks.get(index) ?? new Float32Array(blockRows * width);
    blocks.set(index, block);
    const start = (row % blockRows) * width;
    return block.subarray(start, start + width);
  };
  return {
    location: "memory",
    bytes,
    has: (row) => written.has(row),
    async write(rows, data) {
      for (const [i, row] of rows.entries()) {
        place(row).set(data.subarray(i * width, (i + 1) * width));
        written.add(row);
      }
    },
    async read(rows) {
      const data = new Float32Array(rows.length * width);
      for (const [i, row] of rows.entries()) data.set(place(row), i * width);
      return data;
    },
    async close() {
      blocks.clear();
      written.clear();
    },
  };
}

async function onDisk(bytes: number, width: number, folder: string): Promise<FeatureStore> {
  const written = new Set<number>();
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomBytes(8).toString("hex")}.tmp`);
  const file: FileHandle = await open(path, "wx+");
  // A file without a name goes with its process, where the system allows that.
  if (process.platform !== "win32") await rm(path, { force: true });
  const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
  return {
    location: "disk",
    bytes,
    has: (row) => written.has(row),
    async write(rows, data) {
      const all = new Uint8Array(data.buffer, data.byteOffset, rows.length * rowBytes);
      for (const [i, row] of rows.entries()) {
        let done = 0;
        while (done < rowBytes) {
          const from = i * rowBytes + done;
          const { bytesWritten } = await file.write(all, from, rowBytes - done, row * rowBytes + done);
          done += bytesWritten;
        }
        written.add(row);
      }
    },
    async read(rows) {
      const data = new Float32Array(rows.length * width);
      const all = new Uint8Array(data.buffer);
      for (const [i, row] of rows.entries()) {
        let done = 0;
        while (done < rowBytes) {
          const { bytesRead } = await file.read(
            all,
            i * rowBytes + done,
            rowBytes - done,
            row * rowBytes + done,
          );
          if (bytesRead === 0)
            throw new Error(`createFeatureStore: row ${row} must be in the file, got its end`);
          done += bytesRead;
        }
      }
      return data;
    },
    async close() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}
