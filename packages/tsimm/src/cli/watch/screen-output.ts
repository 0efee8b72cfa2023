/** Shows a run that grows on a terminal, drawn anew as it changes. */
import type { RunView } from "./run-view.ts";
import { screenLines } from "./screen-lines.ts";
import type { ViewOutput } from "./view-output.ts";

/** A screen of its own without a cursor and without wrapped lines, and back. */
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const [TOP, REST_OF_LINE, REST_OF_SCREEN] = ["\u001b[H", "\u001b[K", "\u001b[J"];

/** Terminals that do not tell their size. */
const SIZE = { columns: 80, rows: 24 };

/** Shows a run on a screen that can be put aside. */
export interface ScreenOutput extends ViewOutput {
  /** Gives the terminal back, as another program takes it. */
  suspend(): void;
  /** Takes the terminal again, and fits the size that it has now. */
  redraw(): void;
}

/**
 * Draws on the alternate screen, so that what was on the terminal is there again at the end, with the last state below it.
 *
 * @param stream - A terminal.
 * @param options - Metric to draw, absent: the run's own; the time in milliseconds since 1970; what takes other lines.
 */
export function screenOutput(
  stream: Pick<NodeJS.WriteStream, "write" | "columns" | "rows" | "hasColors">,
  options: { readonly metric?: string | undefined; now(): number; info(line: string): void },
): ScreenOutput {
  const { metric, now, info } = options;
  let view: RunView | null = null;
  let shown: string | null = null;
  const lines = () => {
    if (view === null) return [];
    const { columns = SIZE.columns, rows = SIZE.rows } = stream;
    const size = { width: (columns || SIZE.columns) - 1, height: (rows || SIZE.rows) - 1 };
    return screenLines(view, { ...size, color: stream.hasColors(), metric, now: now() });
  };
  const draw = () => {
    const text = `${TOP}${lines()
      .map((line) => line + REST_OF_LINE)
      .join("\r\n")}${REST_OF_SCREEN}`;
    if (text === shown) return;
    stream.write(shown === null ? ENTER + text : text);
    shown = text;
  };
  const suspend = () => {
    if (shown !== null) stream.write(LEAVE);
    shown = null;
  };
  return {
    say: info,
    show(next) {
      const before = view;
      try {
        view = next;
        draw();
      } catch (error) {
        view = before;
        throw error;
      }
    },
    suspend,
    redraw() {
      if (view !== null) draw();
    },
    close(reason) {
      suspend();
      for (const line of lines()) stream.write(`${line}\n`);
      view = null;
      if (reason !== null) info(reason);
    },
  };
}
