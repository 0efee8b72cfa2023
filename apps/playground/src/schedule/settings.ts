/** State of the playground as plain data, as an address holds it. */

/** Value of an argument. */
export type SettingValue = number | boolean | string | readonly number[] | null;

/** A further parameter group. */
export interface GroupSettings {
  /** Factor of its rate, `lrScale`, >= 0. */
  readonly lrScale: number;
}

/** A schedule. */
export interface CurveSettings {
  /** Name, as `--sched` takes it. */
  readonly sched: string;
  /** Arguments by their camelCase name, e.g. `warmupEpochs`; those that differ from the playground's default. */
  readonly args: Readonly<Record<string, SettingValue>>;
  /** Parameter groups beside the first; empty: one group. */
  readonly groups: readonly GroupSettings[];
  /** Metric of each epoch, which plateau follows; null: one that never improves. */
  readonly metric: readonly number[] | null;
}

/** All that the playground shows. */
export interface PlaygroundState {
  /** At least one; the first is drawn in the first colour of the palette. */
  readonly curves: readonly CurveSettings[];
  /** Index of the curve whose parameters are shown. */
  readonly selected: number;
  /** Updates in an epoch, an integer > 0, where a schedule counts updates. */
  readonly updatesPerEpoch: number;
  /** true: a logarithmic axis of rates. */
  readonly logScale: boolean;
}
