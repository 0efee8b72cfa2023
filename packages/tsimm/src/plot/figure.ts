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
}

/** One pair of axes. */
export interface Panel {
  /** Quantity and unit, e.g. `accuracy (%)`; empty: none. */
  readonly yLabel: string;
  /** Absent: linear. */
  readonly yScale?: "linear" | "log";
  /** true: a linear y axis includes 0. */
  readonly fromZero?: boolean;
  readonly series: readonly Series[];
}

/** Panels one above the other, sharing the x axis. */
export interface Figure {
  readonly title: string;
  /** Quantity and unit, e.g. `epoch`. */
  readonly xLabel: string;
  /** `log`: every x must be > 0; absent: linear. */
  readonly xScale?: "linear" | "log";
  /** From top to bottom, at least one. */
  readonly panels: readonly Panel[];
  /** x of vertical rules through all panels, e.g. where the learning rate drops. */
  readonly rules?: readonly number[];
}
