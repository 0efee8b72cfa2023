/** TensorBoard event files, written in Node. */
import type { FileHandle } from "node:fs/promises";
import { hostname as ownHostname } from "node:os";
import { fileVersionEvent, scalarEvent, sessionStartEvent } from "./event.ts";
import { openNewEventFile, refuse } from "./new-event-file.ts";
import { tfRecord } from "./tf-record.ts";

/** Options of {@link createEventFile}. */
export interface EventFileOptions {
  /**
   * First step of this session, a whole number >= 0: TensorBoard drops the points of earlier files in the folder from
   * this step on. Without it the points of all files are shown.
   */
  readonly purgeStep?: number;
  /** Host name in the file's name; the computer's by default. */
  readonly hostname?: string;
  /** Clock, milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
}

/** An open event file. */
export interface EventFile {
  /** The file. */
  readonly path: string;
  /**
   * Adds a point to a curve; it is in memory until the next {@link EventFile.flush}.
   *
   * @param tag - Name of the curve, e.g. `train/loss`; control characters are escaped.
   * @param value - Stored as float32; NaN and the infinities are allowed.
   * @param step - Position on the horizontal axis, a whole number >= 0.
   * @param wallTime - Seconds since 1970; now by default.
   * @throws RangeError if the tag is empty or a number is out of range; Error if the file is closed.
   */
  scalar(tag: string, value: number, step: number, wallTime?: number): void;
  /**
   * Writes the points added so far. After a failure the next call writes them again, in the same place.
   *
   * @throws WriteError if the file system refuses.
   */
  flush(): Promise<void>;
  /**
   * Writes the points added so far, syncs the file and closes it; a second call does nothing.
   *
   * @throws WriteError if the file system refuses; the file is closed all the same.
   */
  close(): Promise<void>;
}

/**
 * Begins a new event file in a folder. Several in one folder, of a run and of those that resumed it, are one run for
 * TensorBoard. A file whose last record is cut off by a crash does no harm: readers stop there and go on with the next
 * file.
 *
 * @param folder - A run's folder; made if missing.
 * @throws RangeError if `purgeStep` is not a whole number >= 0; WriteError if the file system refuses.
 * @example
 * const file = await createEventFile("runs/first", { hostname: "gpu-7", now: () => 1700000000000 });
 * file.scalar("train/loss", 0.75, 1);
 * file.scalar("train/loss", 0.5, 2);
 * await file.close();
 * file.path.split(/[\\/]/).at(-1)?.startsWith("events.out.tfevents.1700000000.gpu-7."); // => true
 * @see TensorFlow `tensorflow/core/util/events_writer.h`
 */
export async function createEventFile(folder: string, options: EventFileOptions = {}): Promise<EventFile> {
  const { purgeStep, hostname = ownHostname(), now = Date.now } = options;
  if (purgeStep !== undefined) checkStep("createEventFile: purgeStep", purgeStep);
  const seconds = now() / 1000;
  const { path, handle } = await openNewEventFile(folder, { seconds, hostname });
  const file = new OpenEventFile(path, handle, now);
  file.add(fileVersionEvent(seconds));
  if (purgeStep !== undefined) {
    // TensorBoard takes the first start of a run for its beginning and drops nothing; the second one drops.
    for (let i = 0; i < 2; i++) file.add(sessionStartEvent(purgeStep, seconds));
  }
  try {
    await file.flush();
  } catch (error) {
    await handle.close();
    throw error;
  }
  return file;
}

class OpenEventFile implements EventFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #now: () => number;
  /** Records not yet written. */
  #records: Uint8Array[] = [];
  /** Bytes written. */
  #end = 0;
  /** The previous write; never rejects. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(path: string, handle: FileHandle, now: () => number) {
    this.path = path;
    this.#handle = handle;
    this.#now = now;
  }

  add(event: Uint8Array): void {
    this.#records.push(tfRecord(event));
  }

  scalar(tag: string, value: number, step: number, wallTime: number = this.#now() / 1000): void {
    if (this.#closed)
      throw new Error("EventFile.scalar: the file is closed; open another by createEventFile");
    if (tag === "")
      throw new RangeError('EventFile.scalar: tag must be a text of one character or more, got ""');
    checkStep("EventFile.scalar: step", step);
    if (!Number.isFinite(wallTime)) {
      throw new RangeError(`EventFile.scalar: wallTime must be a finite number of seconds, got ${wallTime}`);
    }
    this.add(scalarEvent({ tag, value, step, wallTime }));
  }

  flush(): Promise<void> {
    const flushed = this.#last.then(() => this.#write());
    this.#last = flushed.catch(() => {});
    return flushed;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.flush();
      await this.#handle.sync().catch(refuse(this.path));
    } finally {
      await this.#handle.close();
    }
  }

  async #write(): Promise<void> {
    const count = this.#records.length;
    if (count === 0) return;
    const bytes = Buffer.concat(this.#records);
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#handle
        .write(bytes, done, bytes.length - done, this.#end + done)
        .catch(refuse(this.path));
      done += bytesWritten;
    }
    this.#records.splice(0, count);
    this.#end += bytes.length;
  }
}

function checkStep(what: string, step: number): void {
  if (Number.isSafeInteger(step) && step >= 0) return;
  throw new RangeError(`${what} must be a whole number >= 0, got ${step}`);
}
