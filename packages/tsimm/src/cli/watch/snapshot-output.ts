/** Shows the present state of a run once. */
import { screenLines } from "./screen-lines.ts";
import type { ViewOutput } from "./view-output.ts";

/** Lines that all curves have room on. */
const HEIGHT = 70;

/**
 * Writes the drawing of a run as plain lines.
 *
 * @param stream - Takes it; a terminal has its own width, other streams 80 columns.
 * @param options - Metric to draw, absent: the run's own; the time in milliseconds since 1970; what takes other lines.
 */
export function snapshotOutput(
  stream: NodeJS.WritableStream & Partial<Pick<NodeJS.WriteStream, "columns" | "isTTY" | "hasColors">>,
  options: { readonly metric?: string | undefined; now(): number; info(line: string): void },
): ViewOutput {
  const { metric, now, info } = options;
  return {
    say: info,
    show(view) {
      const color = stream.isTTY === true && stream.hasColors?.() === true;
      const lines = screenLines(view, {
        ...{ width: stream.columns || 80, height: HEIGHT, color, metric, now: now() },
      });
      stream.write(`${lines.join("\n")}\n`);
    },
    close() {},
  };
}
