/** The interface of a listener. */
import type { TrainingEvent } from "./events.ts";
import type { TrainingState } from "./training-state.ts";

/** The run under way, as a listener has it. */
export interface RunHandle {
  /**
   * Ends the run after the epoch that is under way, as if it had been the last one.
   *
   * @param reason - For the log.
   */
  stop(reason: string): void;
  /**
   * Everything that is needed to go on from here; the arrays are the run's own and change with the next update.
   *
   * On an engine whose device holds the weights they are here at `runStarted`, `checkpointDue`, `epochDone` and `runEnded`;
   * at other events asking for them throws an Error, and `readState` gives them.
   */
  state(): TrainingState;
  /** The same at any event: weights on a device are read, which takes time. */
  readState(): Promise<TrainingState>;
  /** Sends an event to all listeners. */
  emit(event: TrainingEvent): Promise<void>;
}

/**
 * Receives the events of a run.
 *
 * @example
 * const lines: string[] = [];
 * const losses: Listener = {
 *   name: "losses",
 *   on(event) {
 *     if (event.type === "epochDone") lines.push(`${event.epoch}: ${event.row?.trainLoss}`);
 *   },
 * };
 * losses.name; // => "losses"
 */
export interface Listener {
  /** Named in errors. */
  readonly name: string;
  /**
   * Called for each event, and awaited before the next listener receives it. An error ends the run, with a checkpoint
   * by the other listeners.
   */
  on(event: TrainingEvent, run: RunHandle): void | Promise<void>;
}
