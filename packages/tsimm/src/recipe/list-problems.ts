/** Several things that are wrong with what was given, as one error. */
import { UsageError } from "../usage-error.ts";

/** Problems that an error lists; the others are counted. */
const MOST_SHOWN = 20;

/**
 * The error that names all problems at once.
 *
 * @param command - Whose flags they are.
 * @param problems - One or more, each `<what> must be <allowed>, got <value>`.
 */
export function problemsError(command: string, problems: readonly string[]): UsageError {
  const [only = ""] = problems;
  if (problems.length === 1) return new UsageError(`${command}: ${only}`);
  const shown = problems.slice(0, MOST_SHOWN);
  const rest = problems.length - shown.length;
  return new UsageError(
    [
      `${command}: ${problems.length} of the settings cannot be used:`,
      ...shown,
      ...(rest > 0 ? [`and ${rest} more`] : []),
    ].join("\n  "),
  );
}
