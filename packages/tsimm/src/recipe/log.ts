/** Sentences of a run for its log. */

/** Takes sentences, wherever they go. */
export interface Log {
  /** A line for the log. */
  info(line: string): void;
  /** Something that the user should know of. */
  warn(line: string): void;
}
