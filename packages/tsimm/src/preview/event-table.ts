import type { ScheduleEvent } from "./events.ts";
import { rateLabel } from "./rate-label.ts";

const MOST = 24;
const LAST = 4;

/**
 * Events as lines of text, in aligned columns; of very many only the first and the last.
 *
 * @param events - In the order of t.
 * @param unit - What t counts.
 * @param updatesPerEpoch - Adds a column with the epoch of each update; null: none.
 * @returns Lines without line ends, the heading first.
 * @example
 * const events = [{ t: 0, rate: 0.1, what: "start" }, { t: 30, rate: 0.01, what: "rate × 0.1" }];
 * eventTable(events, "epoch", null)[2]; // => "     30  0.01  rate × 0.1"
 */
export function eventTable(
  events: readonly ScheduleEvent[],
  unit: "epoch" | "update",
  updatesPerEpoch: number | null,
): string[] {
  const cells = [
    [unit, ...(updatesPerEpoch === null ? [] : ["epoch"]), "rate", ""],
    ...events.map(({ t, rate, what }) => [
      String(t),
      ...(updatesPerEpoch === null ? [] : [String(Number((t / updatesPerEpoch).toFixed(2)))]),
      rateLabel(rate),
      what,
    ]),
  ];
  const widths = cells.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  const lines = cells.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padStart((widths[i] ?? 0) + (i === 0 ? 2 : 0))))
      .join("  ")
      .trimEnd(),
  );
  const left = lines.length - MOST;
  if (left <= 0) return lines;
  return [...lines.slice(0, MOST - LAST), `  … ${left} more`, ...lines.slice(-LAST)];
}
