/** What hears of training. */
import type { TrainingEvent } from "./events.ts";
import type { TrainingState } from "./training-state.ts";

/** What a listener can do to the run that it hears of. */
export interface RunHandle {
  /**
   * Ends the run after the epoch that is under way, as if it had been the last one.
   *
   * @param reason - For the log.
   */
  stop(reason: string): void;
  /** Everything that is needed to go on from here; the arrays are the run's own and change with the next update. */
  state(): TrainingState;
  /** Tells all listeners something. */
  emit(event: TrainingEvent): Promise<void>;
}

/**
 * Hears of everything that happens in a run.
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
   * Called for each event, and awaited before the next listener hears of it. An error ends the run, with a checkpoint
   * by the other listeners.
   */
  on(event: TrainingEvent, run: RunHandle): void | Promise<void>;
}
