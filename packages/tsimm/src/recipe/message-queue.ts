/** Messages of the parts of a run, for its listeners. */
import type { Message, TrainingEvent, Warning } from "../train/events.ts";
import type { Listener, RunHandle } from "../train/listener.ts";
import { Listeners } from "../train/listeners.ts";
import type { Log } from "./log.ts";

/** Keeps messages in their order until listeners receive them: before the run begins, and before each of its events. */
export class MessageQueue implements Log {
  readonly #before: Listeners;
  #waiting: (Message | Warning)[] = [];

  /**
   * @param listeners - Receive them while the run has not begun.
   * @throws TypeError for what is no listener.
   */
  constructor(listeners: readonly Listener[]) {
    const state = (): never => {
      throw new Error("state: the run must have begun; wait for runStarted");
    };
    this.#before = new Listeners("train", listeners, { stop() {}, state, readState: async () => state() });
  }

  /** Bound, as parts of a run take them out. */
  readonly info = (text: string): void => {
    this.#waiting.push({ type: "message", text });
  };

  readonly warn = (text: string): void => {
    this.#waiting.push({ type: "warning", text });
  };

  /** Sends the messages to the listeners before the run. */
  async flush(): Promise<void> {
    await this.#tell((event) => this.#before.emit(event));
  }

  /** The first listener of a run: passes on the messages since the last event. */
  get listener(): Listener {
    return { name: "messages", on: (_event: TrainingEvent, run: RunHandle) => this.#tell(run.emit) };
  }

  async #tell(emit: (event: TrainingEvent) => Promise<void>): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await emit(next);
  }
}
