import { refusal } from "./errors.ts";
import { boolean, type Checks } from "./options.ts";

/** Saved state of a scheduler: plain JSON. */
export interface SchedulerState {
  /** Version of this format. */
  readonly version: 1;
  /** Class name. */
  readonly scheduler: string;
  /** Scheduled field of the parameter groups. */
  readonly field: string;
  /** t of the last call that set values, null before the first. */
  readonly t: number | null;
  /** Last metric; null for none, NaN and infinities. */
  readonly metric: number | null;
  /** Base value of each group. */
  readonly baseValues: readonly number[];
  /** What each group's field held, noise and `lrScale` included. */
  readonly values: readonly number[];
  /** `lrScale` of each group, 1 where there is none. */
  readonly lrScales?: readonly number[];
  /** Options with their defaults, to compare; they are not applied on loading. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Updates in an epoch, null where that was not known. */
  readonly updatesPerEpoch?: number | null;
  /** What only {@link PlateauLRScheduler} remembers. */
  readonly plateau?: SavedPlateau;
}

/** State of a plateau scheduler. */
export interface SavedPlateau {
  /** Best metric, null before the first; infinities as text, which JSON has no numbers for. */
  readonly best: number | "Infinity" | "-Infinity" | null;
  /** Bad epochs in a row. */
  readonly numBadEpochs: number;
  /** Epochs left in which bad epochs do not count. */
  readonly cooldownCounter: number;
  /** Number of metrics seen. */
  readonly lastEpoch: number;
  /** Value of each group without the present noise, null where there is none. */
  readonly restore: readonly number[] | null;
}

/** Options of loading a state. */
export interface LoadOptions {
  /** true: the new scheduler's own base values stay, for a run that goes on with another learning rate. */
  readonly keepBase?: boolean;
}

/** Checks of the options of loading. */
export const loadChecks: Checks<Required<LoadOptions>> = { keepBase: boolean(false) };

/** Options as JSON has them: a bigint as text, functions left out. */
export function plainOptions(options: object): Record<string, unknown> {
  const entries = Object.entries(options).filter(([, value]) => typeof value !== "function");
  return Object.fromEntries(entries.map(([name, value]) => [name, plain(value)]));
}

const plain = (value: unknown) => (typeof value === "bigint" ? String(value) : value);

/** Whether a state was saved with these options; functions cannot be compared and count as others. */
export function hasOptions({ options: saved }: SchedulerState, options: object): boolean {
  if (!saved) return true;
  return Object.entries(options).every(
    ([name, value]) =>
      name === "initialize" ||
      (typeof value !== "function" && JSON.stringify(plain(value)) === JSON.stringify(saved[name])),
  );
}

/**
 * t of a state in the unit of the scheduler that loads it.
 *
 * @param inEpochs - Its unit.
 * @param updatesPerEpoch - Updates in one of its epochs, null where that is not known.
 * @returns null before the first call, and where a count in one unit cannot be told in the other.
 */
export function pointOf(
  state: SchedulerState,
  inEpochs: boolean,
  updatesPerEpoch: number | null,
): number | null {
  const { t, options } = state;
  const savedInEpochs = options?.["tInEpochs"] ?? inEpochs;
  const from = savedInEpochs ? 1 : (state.updatesPerEpoch ?? null);
  const to = inEpochs ? 1 : updatesPerEpoch;
  if (t === null || from === to) return t;
  if (from === null || to === null) return savedInEpochs === inEpochs ? t : null;
  return Math.floor((t * to) / from);
}

/**
 * Refuses a state of another version, class or field, or of other groups.
 *
 * @param state - What was saved, from a file perhaps.
 * @param scheduler - Class that loads it.
 * @param field - Its scheduled field.
 * @param groups - Its number of groups.
 */
export function checkState(state: SchedulerState, scheduler: string, field: string, groups: number): void {
  const refuse = (part: string, allowed: string, got: unknown, advice?: string): never => {
    throw new RangeError(refusal(scheduler, part, allowed, got, advice));
  };
  if (typeof state !== "object" || state === null) {
    throw new TypeError(refusal(scheduler, "state", "what stateDict() returned", state));
  }
  const { version, t, metric, baseValues, values } = state;
  if (version !== 1) refuse("state.version", "1", version, "the state was saved by another version");
  if (state.scheduler !== scheduler) refuse("state.scheduler", `"${scheduler}"`, state.scheduler);
  if (state.field !== field) refuse("state.field", `"${field}"`, state.field);
  if (t !== null && !(isFiniteNumber(t) && t >= 0)) refuse("state.t", "null or a finite number >= 0", t);
  if (metric !== null && typeof metric !== "number") refuse("state.metric", "null or a number", metric);
  const { lrScales, updatesPerEpoch: length = null } = state;
  if (length !== null && !(Number.isSafeInteger(length) && length > 0)) {
    refuse("state.updatesPerEpoch", "null or an integer > 0", length);
  }
  const isRate = field === "lr";
  // Only a draw beyond 1 turns a learning rate negative.
  const isNegativeDraw = Number(state.options?.["noisePct"]) > 1;
  const lists = [
    ["baseValues", baseValues, isRate],
    ["values", values, isRate && !isNegativeDraw],
    ["lrScales", lrScales ?? Array(groups).fill(1), true],
  ] as const;
  for (const [part, list, notNegative] of lists) {
    if (isListOf(list, groups, notNegative ? 0 : -Infinity)) continue;
    const allowed = `one finite number${notNegative ? " >= 0" : ""} for each of ${groups} groups`;
    refuse(`state.${part}`, allowed, list, "load it into the optimizer it was saved with");
  }
}

/**
 * Whether a value is a list of finite numbers.
 *
 * @param length - How many.
 * @param least - The least that each may be.
 */
export function isListOf(value: unknown, length: number, least: number): value is number[] {
  if (!Array.isArray(value) || value.length !== length) return false;
  // Unlike every, a spread does not pass over holes.
  const items: unknown[] = [...value];
  return items.every((item) => isFiniteNumber(item) && item >= least);
}

/** Whether a value is a number, neither NaN nor infinite. */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
