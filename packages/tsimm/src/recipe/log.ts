/** The log of a run. */

/** Receives the messages of a run. */
export interface Log {
  /** A line for the log. */
  info(line: string): void;
  /** Something that the user should know of. */
  warn(line: string): void;
}
