/** Downloads the bytes of a file into the cache: whole and checked, or not at all. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { printable } from "../../text/printable.ts";
import type { FileMetadata } from "./file-metadata.ts";
import { HubError, mayPass } from "./hub-error.ts";
import type { HubSettings } from "./hub-settings.ts";
import { type RemoteFile, remoteBytes } from "./remote-bytes.ts";

/** Bytes that have come, and all; null: not known. */
export type HubProgress = (loaded: number, total: number | null) => void | Promise<void>;

/** Options of {@link downloadBlob}. */
export interface DownloadOptions {
  readonly settings: HubSettings;
  /** Most bytes. */
  readonly limit: number;
  readonly onProgress?: HubProgress | undefined;
}

/** Tries in a row that bring next to nothing. */
const TRIES = 4;
/** Bytes that make a try a success though it was cut. */
const ENOUGH = 2 ** 20;

/**
 * Downloads a file to `path`. What an earlier try has left in `<path>*.incomplete` is gone on from; a broken transfer
 * is continued a few times, then kept for later. Several processes may do so at once: each writes to a file of its own
 * and renames it when it is whole.
 *
 * @throws HubError `unreachable` for a broken transfer, `damaged` for other bytes than announced, `disk`.
 */
export async function downloadBlob(
  path: string,
  file: RemoteFile & { readonly metadata: FileMetadata },
  options: DownloadOptions,
): Promise<void> {
  const { metadata, repository, name } = file;
  const { size } = metadata;
  const what = `${name} of ${repository.id}`;
  if (size !== null && size > options.limit) {
    throw new HubError(
      "damaged",
      `${what} must have at most ${options.limit} bytes, the hub announces ${size}`,
    );
  }
  const partial = `${path}.${process.pid}.${Math.random().toString(36).slice(2, 10)}.incomplete`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await checkSpace(path, size);
    const had = await takeOver(path, partial);
    await fetchAll(partial, file, options);
    if (!(await isRight(partial, metadata))) {
      await rm(partial, { force: true });
      // What an earlier try has left may be of something else.
      if (had > 0) await fetchAll(partial, file, options);
      if (had === 0 || !(await isRight(partial, metadata))) throw wrongBytes(what, metadata, options);
    }
    await rename(partial, path);
    await removeLeftovers(path);
  } catch (error) {
    if (mayPass(error)) await rename(partial, `${path}.incomplete`).catch(() => {});
    else await rm(partial, { force: true }).catch(() => {});
    throw error instanceof HubError ? error : diskError(path, error);
  }
}

function wrongBytes(what: string, { etag }: FileMetadata, { settings }: DownloadOptions): HubError {
  const { host } = new URL(settings.endpoint);
  return new HubError(
    "damaged",
    `${what} from ${host} must have the SHA-256 ${etag}, got other bytes; they are removed: try again, or check the mirror`,
  );
}

/** Appends to a file until it is whole. */
async function fetchAll(
  partial: string,
  file: RemoteFile & { readonly metadata: FileMetadata },
  options: DownloadOptions,
): Promise<void> {
  const { settings } = options;
  let failures = 0;
  for (;;) {
    const before = await sizeOf(partial);
    try {
      return await fetchRest(partial, before, file, options);
    } catch (error) {
      if (!mayPass(error)) throw error;
      const gained = (await sizeOf(partial)) - before;
      failures = gained >= ENOUGH ? 1 : failures + 1;
      if (failures >= TRIES) throw error;
      await new Promise((done) => setTimeout(done, settings.retryDelay * 2 ** (failures - 1)));
    }
  }
}

async function fetchRest(
  partial: string,
  before: number,
  file: RemoteFile & { readonly metadata: FileMetadata },
  { settings, limit, onProgress }: DownloadOptions,
): Promise<void> {
  const { size } = file.metadata;
  const most = size ?? limit;
  if (size !== null && before === size) {
    // An empty file needs no request.
    if (size === 0) await writeFile(partial, "");
    return;
  }
  const from = before > most ? 0 : before;
  const { bytes, start } = await remoteBytes(file, { from, limit: most, settings });
  const output = await open(partial, start === 0 ? "w" : "a");
  let at = start;
  try {
    for await (const piece of bytes) {
      at += piece.length;
      if (at > most) {
        throw new HubError(
          "damaged",
          `${file.name} of ${file.repository.id} must have ${size === null ? "at most " : ""}${most} bytes, the hub sends more; they are removed`,
        );
      }
      await output.writeFile(piece);
      await onProgress?.(at, size);
    }
    await output.sync();
  } finally {
    await output.close();
  }
  if (size !== null && at < size) {
    const { host } = new URL(settings.endpoint);
    throw new HubError("unreachable", `${host} ends ${file.name} at byte ${at} of ${size}`);
  }
}

/** Bytes that are named by their SHA-256 must have it; others are only counted. */
async function isRight(path: string, { etag }: FileMetadata): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(etag)) return true;
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(piece);
  return hash.digest("hex") === etag;
}

async function checkSpace(path: string, size: number | null): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  const free = bavail * bsize;
  if (size === null || size <= free) return;
  throw new HubError(
    "disk",
    `"${printable(dirname(path))}" must have room for ${size} bytes, got ${free}; make room or set HF_HUB_CACHE to another folder`,
  );
}

/**
 * Copies the longest part that others have left or are writing, so that none of them is disturbed.
 *
 * @returns Its bytes.
 */
async function takeOver(path: string, partial: string): Promise<number> {
  const parts = await Promise.all(
    (await leftovers(path)).map(async (left) => ({ left, size: await sizeOf(left) })),
  );
  const [longest] = parts.sort((a, b) => b.size - a.size);
  if (longest === undefined || longest.size === 0) return 0;
  await copyFile(longest.left, partial).catch(() => {});
  return await sizeOf(partial);
}

/** Removes the parts that nobody is writing any more. */
async function removeLeftovers(path: string): Promise<void> {
  for (const left of await leftovers(path)) {
    const [, process_] = /\.(\d+)\.[0-9a-z]+\.incomplete$/.exec(left) ?? [];
    if (process_ === undefined ? await isOld(left) : !isRunning(Number(process_))) {
      await rm(left, { force: true }).catch(() => {});
    }
  }
}

async function leftovers(path: string): Promise<string[]> {
  const names = await readdir(dirname(path));
  const own = `${basename(path)}.`;
  return names
    .filter((name) => name.startsWith(own) && name.endsWith(".incomplete"))
    .map((name) => join(dirname(path), name));
}

/** Untouched for a minute: Python writes to a name without a process too. */
async function isOld(path: string): Promise<boolean> {
  return await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > 60_000,
    () => false,
  );
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** An error of the file system, with what helps. */
export function diskError(path: string, error: unknown): HubError {
  const { code, message } = error as NodeJS.ErrnoException;
  const cure = code === "ENOSPC" || code === "EDQUOT" ? "make room" : "make it writable";
  const place = printable(dirname(path));
  return new HubError(
    "disk",
    `cannot write to "${place}" (${code ?? printable(message)}); ${cure}, or set HF_HUB_CACHE to another folder`,
    { cause: error },
  );
}
