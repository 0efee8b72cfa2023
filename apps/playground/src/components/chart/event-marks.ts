/** Events on a chart. */
import type { Curve } from "../../schedule/curve.ts";
import type { ChartLayout } from "./chart-layout.ts";

/** An event, marked on its curve. */
export interface EventMark {
  readonly t: number;
  readonly x: number;
  readonly y: number;
  /** Empty where there is no room. */
  readonly label: string;
  readonly labelX: number;
  readonly anchor: "start" | "end";
}

/** Marks closer than that are left out; the table of events has them all. */
const DISTANCE = 9;
/** Pixels of a character of a label, and between a label and its rule. */
const CHARACTER = 6;
const GAP = 5;

/**
 * Marks of what happens between the first and the last t, as many as the width has room for.
 */
export function eventMarks(curve: Curve, layout: ChartLayout): EventMark[] {
  const marks: EventMark[] = [];
  let taken = layout.left;
  // The first is the start, the last the end of the run.
  for (const { t, rate, what } of curve.events.slice(1, -1)) {
    const x = Math.round(layout.x(t) * 10) / 10;
    const y = Math.round(layout.y(rate) * 10) / 10;
    const before = marks.at(-1)?.x ?? Number.NEGATIVE_INFINITY;
    if (!Number.isFinite(y) || x - before < DISTANCE) continue;
    const width = what.length * CHARACTER;
    const after = x + GAP + width <= layout.right;
    const from = after ? x + GAP : x - GAP - width;
    const fits = from >= taken && from + width <= layout.right;
    if (fits) taken = from + width + 2 * GAP;
    marks.push({
      ...{ t, x, y, label: fits ? what : "" },
      labelX: after ? x + GAP : x - GAP,
      anchor: after ? "start" : "end",
    });
  }
  return marks;
}
