import type { Curve } from "../../schedule/curve.ts";

/** A curve of a chart. */
export interface ChartCurve {
  readonly label: string;
  /** Colour, an index into the series of the tokens, from 0. */
  readonly color: number;
  readonly curve: Curve;
  /** true: of settings before the present ones, which give no curve. */
  readonly stale?: boolean;
}
