import { refusal } from "./errors.ts";
import { type Checks, choice, number, readOptions } from "./options.ts";
import { isListOf } from "./state.ts";

/** When the value drops, and how far. */
export interface PlateauOptions {
  /** Factor of a drop, >= 0, < 1, default 0.1. */
  readonly decayRate?: number;
  /** Bad epochs in a row that are borne before a drop, an integer >= 0, default 10. */
  readonly patienceT?: number;
  /** How much better than the best a metric must be to count, >= 0, default 1e-4; < 1 in mode `"rel"`. */
  readonly threshold?: number;
  /** `"rel"` (the default): a fraction of the best; `"abs"`: a difference, which suits negative metrics. */
  readonly thresholdMode?: "rel" | "abs";
  /** Epochs after a drop in which bad epochs do not count, an integer >= 0, default 0. */
  readonly cooldownT?: number;
  /** Least value, finite, >= 0, default 0; not scaled by `lrScale`. */
  readonly lrMin?: number;
  /** A drop of this size or less is not made, >= 0, default 1e-8. */
  readonly eps?: number;
  /** Whether a greater (`"max"`, the default) or a smaller metric is better. */
  readonly mode?: "max" | "min";
}

/** Checks of plateau options. */
export const plateauChecks: Checks<Required<PlateauOptions>> = {
  decayRate: number({ atLeast: 0, below: 1, fallback: 0.1 }),
  patienceT: number({ atLeast: 0, integer: true, fallback: 10 }),
  threshold: number({ atLeast: 0, fallback: 1e-4 }),
  thresholdMode: choice(["rel", "abs"], "rel"),
  cooldownT: number({ atLeast: 0, integer: true, fallback: 0 }),
  lrMin: number({ atLeast: 0, fallback: 0 }),
  eps: number({ atLeast: 0, fallback: 1e-8 }),
  mode: choice(["max", "min"], "max"),
};

/** State of a plateau schedule, and its present values. */
export interface PlateauState {
  /** Value of each group. */
  readonly values: readonly number[];
  /** Best metric, null (the default) before the first. */
  readonly best?: number | null;
  /** Bad epochs in a row, default 0. */
  readonly numBadEpochs?: number;
  /** Epochs left in which bad epochs do not count, default 0. */
  readonly cooldownCounter?: number;
  /** Number of metrics seen, default 0. */
  readonly lastEpoch?: number;
}

/**
 * One epoch of a plateau schedule: values drop by `decayRate` once the metric has not improved for more than
 * `patienceT` epochs.
 *
 * @param state - What the last call returned; at first the values alone.
 * @param metric - What the epoch was worth; NaN is never better, null and undefined count for nothing.
 * @param options - When the value drops, and how far.
 * @returns The next state; `state` itself stays as it is.
 * @throws RangeError if an option or the state is out of its range, TypeError for a metric that is no number.
 * @example
 * let state = plateauStep({ values: [0.1] }, 0.5, { patienceT: 1 });
 * state = plateauStep(state, 0.4, { patienceT: 1 });
 * state.values; // => [0.1]
 * state = plateauStep(state, 0.4, { patienceT: 1 });
 * state.values; // => [0.010000000000000002]
 * @see PyTorch `torch/optim/lr_scheduler.py`, `ReduceLROnPlateau`
 */
export function plateauStep(
  state: PlateauState,
  metric: number | null | undefined,
  options: PlateauOptions = {},
): Required<PlateauState> {
  const read = readOptions<Required<PlateauOptions>>("plateauStep", plateauChecks, options);
  checkThreshold("plateauStep", read);
  if (metric !== null && metric !== undefined && typeof metric !== "number") {
    throw new TypeError(refusal("plateauStep", "metric", "a number, null or undefined", metric));
  }
  return nextPlateau(checkPlateau(state), metric ?? null, read);
}

/** Refuses what is no state of a plateau schedule. */
function checkPlateau(state: PlateauState): PlateauState {
  const { values, best = null, numBadEpochs = 0, cooldownCounter = 0, lastEpoch = 0 } = state ?? {};
  if (!isListOf(values, values?.length, 0)) {
    throw new TypeError(refusal("plateauStep", "state.values", "a list of finite numbers >= 0", values));
  }
  if (isMemory({ best, numBadEpochs, cooldownCounter, lastEpoch })) return state;
  const allowed = "{ values } or what plateauStep returned";
  throw new RangeError(refusal("plateauStep", "state", allowed, state));
}

/** Whether a value is the state of a plateau schedule. */
export function isMemory<T extends Omit<PlateauState, "values">>(memory: T | undefined): memory is T {
  if (typeof memory !== "object" || memory === null) return false;
  const { best, ...rest } = memory;
  const counts = [rest.numBadEpochs, rest.cooldownCounter, rest.lastEpoch];
  const areCounts = counts.every((count) => Number.isSafeInteger(count) && Number(count) >= 0);
  return areCounts && (best === null || (typeof best === "number" && !Number.isNaN(best)));
}

/** {@link plateauStep} with options that are read. */
export function nextPlateau(
  state: PlateauState,
  metric: number | null,
  options: Required<PlateauOptions>,
): Required<PlateauState> {
  const { values, best = null, numBadEpochs = 0, cooldownCounter = 0, lastEpoch = 0 } = state;
  if (metric === null) return { values, best, numBadEpochs, cooldownCounter, lastEpoch };
  const better = isBetter(metric, best, options);
  const cooling = cooldownCounter > 0;
  const bad = better || cooling ? 0 : numBadEpochs + 1;
  const drops = bad > options.patienceT;
  return {
    values: drops ? values.map((value) => dropped(value, options)) : values,
    best: better ? metric : best,
    numBadEpochs: drops ? 0 : bad,
    cooldownCounter: drops ? options.cooldownT : Math.max(0, cooldownCounter - 1),
    lastEpoch: lastEpoch + 1,
  };
}

/**
 * Refuses a relative threshold of 1 and more.
 *
 * @param where - Class or function, for the message.
 */
export function checkThreshold(where: string, { threshold, thresholdMode }: Required<PlateauOptions>): void {
  if (thresholdMode === "abs" || threshold < 1) return;
  throw new RangeError(refusal(where, "threshold", '< 1 when thresholdMode is "rel"', threshold));
}

function isBetter(metric: number, best: number | null, options: Required<PlateauOptions>): boolean {
  const { mode, threshold, thresholdMode } = options;
  const sign = mode === "max" ? 1 : -1;
  const record = best ?? -sign * Number.POSITIVE_INFINITY;
  const bar = thresholdMode === "rel" ? record * (1 + sign * threshold) : record + sign * threshold;
  return mode === "max" ? metric > bar : metric < bar;
}

function dropped(value: number, { decayRate, lrMin, eps }: Required<PlateauOptions>): number {
  const lower = Math.max(value * decayRate, lrMin);
  return value - lower > eps ? lower : value;
}
