/** The ways in which a run that grows is shown. */
import type { RunView } from "./run-view.ts";

/** Shows a run that grows. */
export interface ViewOutput {
  /** Says something before there is a run to show. */
  say(text: string): void;
  /**
   * Shows the run as it stands now.
   *
   * @throws UsageError if the run does not have the metric that was asked for.
   */
  show(view: RunView): void;
  /**
   * Leaves the last state.
   *
   * @param reason - Why nothing follows; null: nothing to say.
   */
  close(reason: string | null): void;
}
