/** Figures as plain data: what is drawn, not how. */

/** A line in a panel. */
export interface Series {
  /** Written at the end of the line, in its colour; empty: none. */
  readonly label: string;
  /** [x, y] in ascending x. A y that is null or not finite (on a logarithmic scale also y <= 0) leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /**
   * `linear` joins the points, `step` changes y halfway to the next x, `step-after` at the next x;
   * absent: linear.
   */
  readonly curve?: "linear" | "step" | "step-after";
  /** true: drawn dashed. Without it, lines that lie on each other take turns in dashes. */
  readonly dashed?: boolean;
  /** CSS colour; absent: the next one of the palette. */
  readonly color?: string;
  /** Pixels, > 0; absent: 2.25. */
  readonly strokeWidth?: number;
  /** `dot`: a dot at each point; absent: none, except where there is one point only. */
  readonly marker?: "dot";
}

/** Something that happens to a line, e.g. a decay: a dot with a short label. */
export interface FigureEvent {
  readonly x: number;
  readonly y: number;
  /** Written beside the dot where it covers no other event's label; empty: none. */
  readonly label: string;
  /** CSS colour; absent: that of text. */
  readonly color?: string;
}

/** One pair of axes. */
export interface Panel {
  /** Quantity and unit, e.g. `accuracy (%)`; empty: none. */
  readonly yLabel: string;
  /** Absent: linear. */
  readonly yScale?: "linear" | "log";
  /** true: a linear y axis includes 0. */
  readonly fromZero?: boolean;
  /** Values that the y axis includes, so that it stays as it is while lines move; absent: only those of the lines. */
  readonly yIncludes?: readonly number[];
  readonly series: readonly Series[];
  /** Above all lines. */
  readonly events?: readonly FigureEvent[];
}

/** Panels one above the other, sharing the x axis. */
export interface Figure {
  readonly title: string;
  /** Quantity and unit, e.g. `epoch`. */
  readonly xLabel: string;
  /** `log`: every x must be > 0; absent: linear. */
  readonly xScale?: "linear" | "log";
  /** x at the left and right edge; absent: from the first to the last point. Points outside are cut off. */
  readonly xDomain?: readonly [from: number, to: number];
  /** From top to bottom, at least one. */
  readonly panels: readonly Panel[];
  /** x of vertical rules through all panels, e.g. where the learning rate drops. */
  readonly rules?: readonly number[];
  /** Lines that lie on each other: they take turns in dashes, or the last one covers the others; absent: `turns`. */
  readonly overlaps?: "turns" | "cover";
}
