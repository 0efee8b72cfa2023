/** Rates, events and warnings of a schedule of the playground. */
import type { ScheduleEvent } from "tsimm/plot";

/** A warning, beside the control that it is about. */
export interface CurveWarning {
  readonly text: string;
  /** `Parameter.name` of the flag to change; null: none in particular. */
  readonly parameter: string | null;
}

/** Curve of a schedule, with its events and warnings. */
export interface Curve {
  /** Name, with what differs from the other curves. */
  readonly label: string;
  readonly unit: "epoch" | "update";
  /** Epochs of the run. */
  readonly numEpochs: number;
  /** Count of t. */
  readonly length: number;
  /** t of the rates, ascending from 0; each rate holds until the next. */
  readonly times: readonly number[];
  /** Rates of each group at `times`, noise included. */
  readonly rates: readonly Float64Array[];
  /** Decays, restarts, ends of warm-up and noise. */
  readonly events: readonly ScheduleEvent[];
  readonly warnings: readonly CurveWarning[];
  /** Rates of all groups at any t of the run, an integer: exact, also between `times`. */
  ratesAt(t: number): readonly number[];
}

/** A curve, or why there is none. */
export type CurveResult =
  | { readonly curve: Curve; readonly error: null }
  | { readonly curve: null; readonly error: { readonly text: string; readonly parameter: string | null } };
