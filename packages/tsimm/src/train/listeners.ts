/** The listeners of a run, in their order. */
import type { TrainingEvent } from "./events.ts";
import type { Listener, RunHandle } from "./listener.ts";

/**
 * A listener has failed; it receives no further events.
 *
 * @example
 * const cause = new Error("no space left");
 * const error = new ListenerError("fit", "summary.csv", cause);
 * error.message; // => 'fit: listener "summary.csv" failed: no space left'
 * error.cause === cause; // => true
 */
export class ListenerError extends Error {
  /** Name of the listener. */
  readonly listener: string;

  /**
   * @param where - Function named in the message.
   * @param listener - Name of the listener.
   * @param cause - What it threw.
   */
  constructor(where: string, listener: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${where}: listener "${listener}" failed: ${reason}`, { cause });
    this.name = "ListenerError";
    this.listener = listener;
  }
}

/** Events that listeners tell in answer to one another, at once. */
const MOST_NESTED = 200;

/** Tells listeners of events. */
export class Listeners {
  readonly #where: string;
  readonly #listeners: Listener[];
  readonly #run: RunHandle;
  /** Events of listeners that are being told. */
  #depth = 0;

  /**
   * @param where - Function named in errors.
   * @param listeners - In the order in which they receive an event.
   * @param run - What they can do; its `emit` is replaced.
   * @throws TypeError for what is no listener.
   */
  constructor(where: string, listeners: readonly Listener[], run: Omit<RunHandle, "emit">) {
    if (!Array.isArray(listeners)) {
      throw new TypeError(`${where}: listeners must be a list of listeners, got ${describe(listeners)}`);
    }
    for (const [index, listener] of listeners.entries()) checkListener(where, listener, index);
    this.#where = where;
    this.#listeners = [...listeners];
    this.#run = { ...run, emit: (event) => this.#emitOwn(event) };
  }

  /** Tells of an event that a listener makes. */
  async #emitOwn(event: TrainingEvent): Promise<void> {
    if (typeof event?.type !== "string") {
      throw new TypeError(`RunHandle.emit: event must be an object with a type, got ${describe(event)}`);
    }
    if (this.#depth >= MOST_NESTED) {
      throw new RangeError(
        `RunHandle.emit: event must not be told in answer to itself without end, got "${event.type}" ${MOST_NESTED} times; ask for event.type first`,
      );
    }
    this.#depth++;
    try {
      await this.emit(event);
    } finally {
      this.#depth--;
    }
  }

  /**
   * Sends an event to every listener, one after the other.
   *
   * @throws ListenerError if one fails; `checkpointDue` and `runEnded` reach all others first.
   */
  async emit(event: TrainingEvent): Promise<void> {
    let failure: ListenerError | null = null;
    for (const listener of [...this.#listeners]) {
      // It failed at an event that another one sent.
      if (!this.#listeners.includes(listener)) continue;
      try {
        await listener.on(event, this.#run);
      } catch (error) {
        // Of a listener that failed at an event sent by this one.
        const failed = error instanceof ListenerError ? error : this.#fail(listener, error);
        if (event.type !== "checkpointDue" && event.type !== "runEnded") throw failed;
        failure ??= failed;
      }
    }
    if (failure !== null) throw failure;
  }

  /** Sends an event of a failing run to all listeners that have not failed; errors are ignored. */
  async emitLast(event: TrainingEvent): Promise<void> {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.includes(listener)) continue;
      try {
        await listener.on(event, this.#run);
      } catch (error) {
        if (!(error instanceof ListenerError)) this.#fail(listener, error);
      }
    }
  }

  #fail(listener: Listener, cause: unknown): ListenerError {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
    return new ListenerError(this.#where, listener.name, cause);
  }
}

function checkListener(where: string, listener: unknown, index: number): void {
  if (typeof listener === "object" && listener !== null) {
    const { name, on } = listener as Partial<Listener>;
    if (typeof name === "string" && name !== "" && typeof on === "function") return;
  }
  throw new TypeError(
    `${where}: listeners[${index}] must be an object with a name and a function on(event, run), got ${describe(listener)}`,
  );
}

function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  return JSON.stringify(value) ?? String(value);
}
