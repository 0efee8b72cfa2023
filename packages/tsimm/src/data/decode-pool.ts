/** Threads that decode samples while the caller computes. */
import { Worker } from "node:worker_threads";
import { ownedSource } from "./image-source.ts";
import { type DecodedSamples, type DecodeJob, SampleDecoder } from "./sample-decoder.ts";

/** Where samples are decoded. Several loaders can share one. */
export interface DecodePool {
  /** Number of threads; 0: the calling thread decodes. */
  readonly workers: number;
  /** Decodes a job; jobs are begun in the order in which they come. */
  decode(job: DecodeJob): Promise<DecodedSamples>;
  /** Ends the threads; jobs that are not done fail. */
  close(): Promise<void>;
}

/** What the pool tells a thread. */
export type DecodeRequest = { readonly id: number; readonly job: DecodeJob } | "close";

/** What a thread answers. */
export interface DecodeReply extends DecodedSamples {
  readonly id: number;
}

/** What a thread is started with. */
export interface DecodeWorkerData {
  /** One Int32: not 0 once the pool is closed. */
  readonly closed: SharedArrayBuffer;
}

/**
 * Makes a pool. Its threads start with the first job, and do not keep the process alive when they have
 * nothing to do.
 *
 * @param workers - Number of threads, an integer >= 0; 0 decodes on the calling thread.
 * @throws RangeError if `workers` is no such integer.
 */
export function createDecodePool(workers: number): DecodePool {
  if (!(Number.isSafeInteger(workers) && workers >= 0)) {
    throw new RangeError(`createDecodePool: workers must be an integer >= 0, got ${workers}`);
  }
  return workers === 0 ? new InlinePool() : new ThreadPool(workers);
}

class InlinePool implements DecodePool {
  readonly workers = 0;
  readonly #decoder = new SampleDecoder();
  #closed = false;

  async decode(job: DecodeJob): Promise<DecodedSamples> {
    if (this.#closed) throw closedError();
    return this.#decoder.decode(job);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#decoder.close();
  }
}

interface PendingJob {
  readonly samples: number;
  readonly resolve: (decoded: DecodedSamples) => void;
  readonly reject: (reason: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, PendingJob>;
  /** Settles when the thread is gone. */
  readonly exit: Promise<void>;
}

class ThreadPool implements DecodePool {
  readonly workers: number;
  readonly #closed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #threads: Promise<readonly Thread[]> | null = null;
  #failure: Error | null = null;
  #lastId = 0;

  constructor(workers: number) {
    this.workers = workers;
  }

  async decode(job: DecodeJob): Promise<DecodedSamples> {
    this.#threads ??= this.#start();
    const threads = await this.#threads;
    if (this.#failure) throw this.#failure;
    const { worker, pending } = threads.reduce((a, b) => (load(b) < load(a) ? b : a));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      pending.set(id, { samples: job.samples.length, resolve, reject });
      worker.ref();
      const transfer: ArrayBuffer[] = [];
      const samples = job.samples.map((sample) =>
        sample.image ? sample : { ...sample, source: ownedSource(sample.source, transfer) },
      );
      worker.postMessage({ id, job: { ...job, samples } } satisfies DecodeRequest, transfer);
    });
  }

  async close(): Promise<void> {
    Atomics.store(this.#closed, 0, 1);
    const threads = await (this.#threads?.catch(() => []) ?? []);
    this.#fail(threads, closedError());
    for (const { worker } of threads) {
      worker.ref();
      worker.postMessage("close" satisfies DecodeRequest);
    }
    await Promise.all(threads.map(({ exit }) => exit));
  }

  async #start(): Promise<readonly Thread[]> {
    // A native library that only threads hold is unloaded with the last of them, in the midst of its work.
    await import("sharp");
    const workerData: DecodeWorkerData = { closed: this.#closed.buffer };
    const threads: Thread[] = [];
    for (let i = 0; i < this.workers; i++) {
      // Flags of the process such as --input-type would keep a thread from starting.
      const options = { workerData, execArgv: [] };
      const worker = new Worker(new URL("./decode-worker.js", import.meta.url), options);
      const pending = new Map<number, PendingJob>();
      worker.on("message", ({ id, ...decoded }: DecodeReply) => {
        pending.get(id)?.resolve(decoded);
        if (pending.delete(id) && pending.size === 0) worker.unref();
      });
      worker.on("error", (cause) =>
        this.#fail(threads, new Error(`DecodePool: ${cause.message}`, { cause })),
      );
      const exit = new Promise<void>((resolve) => {
        worker.on("exit", (code) => {
          this.#fail(threads, new Error(`DecodePool: a decoding thread ended with exit code ${code}`));
          resolve();
        });
      });
      worker.unref();
      threads.push({ worker, pending, exit });
    }
    return threads;
  }

  /** The first failure counts: it ends every job, and those that come later. */
  #fail(threads: readonly Thread[], failure: Error): void {
    if (this.#failure) return;
    this.#failure = failure;
    for (const { worker, pending } of threads) {
      for (const { reject } of pending.values()) reject(failure);
      pending.clear();
      worker.unref();
    }
  }
}

/** Samples that a thread has still to decode. */
function load({ pending }: Thread): number {
  let samples = 0;
  for (const job of pending.values()) samples += job.samples;
  return samples;
}

function closedError(): Error {
  return new Error("DecodePool: decode must be called before close; make a new pool");
}
