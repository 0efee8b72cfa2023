import { refusal } from "./errors.ts";
import type { OptimizerLike } from "./param-groups.ts";
import type { Curve } from "./schedule.ts";
import type { ScheduleSettings } from "./schedule-settings.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SchedulerOptions } from "./scheduler-options.ts";
import type { WarmupOptions } from "./warmup.ts";

/** Behaviour of a schedule, for warnings, events, sampling and the length of a run; absent traits do not hold. */
export interface ScheduleTraits {
  /** It is one of timm's. */
  readonly inTimm?: boolean;
  /** It repeats: reads `cycleMul`, `cycleDecay` and `cycleLimit`, and the run lasts for its cycles. */
  readonly cyclic?: boolean;
  /** It holds its value between drops at some t. */
  readonly stepped?: boolean;
  /** Its values follow the metric of an epoch, not t alone. */
  readonly followsMetric?: boolean;
  /** It rises to its peak by itself, so that it needs no warm-up. */
  readonly warmsUp?: boolean;
  /** It holds its base until the last `decayEpochs`, by default 0.3 of the run. */
  readonly decaysAtEnd?: boolean;
  /** It never falls below `minLr`, and comes to it unless the run ends before. */
  readonly hasMinimum?: boolean;
  /** It multiplies its value by `decayRate`. */
  readonly hasDecayRate?: boolean;
  /** It reads `power`, or `decayRate` in its place. */
  readonly hasPower?: boolean;
  /** `cooldownEpochs` has no effect; otherwise they lengthen the run, or are a rest after a drop by the metric. */
  readonly ignoresCooldown?: boolean;
  /** Flag that says when it drops first. */
  readonly dropsAt?: "decayEpochs" | "decayMilestones";
  /** Advice for a run that ends well above the minimum, a phrase; absent: by the other traits. */
  readonly endAdvice?: string;
}

/** A flag of the command line: plain data. */
export interface ScheduleFlag {
  /** `"flag"`: true or false; `"ints"` and `"floats"`: lists. */
  readonly type: "flag" | "int" | "float" | "string" | "ints" | "floats";
  /** Value where none is given. */
  readonly default: boolean | number | string | readonly number[] | null;
  /** A phrase for `--help`. */
  readonly help: string;
  /** true: counts epochs; the schedule gets it in the unit of t. */
  readonly inEpochs?: boolean;
  /** Smallest value allowed. */
  readonly min?: number;
  /** Largest value allowed. */
  readonly max?: number;
  /** Bound that a value must exceed. */
  readonly above?: number;
  /** Bound that a value must stay below. */
  readonly below?: number;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** Smallest and largest number of values in a list. */
  readonly count?: readonly [number, number];
}

/** Settings with their defaults, and their lengths in the unit of t. */
export interface ScheduleFlags extends Required<ScheduleSettings> {
  /** t in an epoch: 1, or `updatesPerEpoch`. */
  readonly unit: number;
  /** `numEpochs`. */
  readonly tInitial: number;
  /** `decayEpochs`. */
  readonly decayT: number;
  /** `decayMilestones`. */
  readonly milestones: readonly number[];
  /** `cooldownEpochs`. */
  readonly cooldownT: number;
  /** `warmupEpochs`. */
  readonly warmupT: number;
  /** Options of a cyclic schedule. */
  readonly cycles: Readonly<Record<"tInitial" | "lrMin" | "cycleMul" | "cycleDecay" | "cycleLimit", number>>;
}

/** A schedule: its name, options, values and behaviour. */
export interface ScheduleDefinition<Options extends object = object> extends Curve<Options> {
  /** Name for `sched`, e.g. `"step"`; null: it has none. */
  readonly name: string | null;
  readonly traits: ScheduleTraits;
  /** Flags for options of its own, by the option's name. */
  readonly flags: { readonly [Option in keyof NoInfer<Options>]?: ScheduleFlag };
  /** Options that come from flags that all schedules share, e.g. `decayT`. */
  fromFlags?(flags: ScheduleFlags): Partial<Options>;
  /** t since its start at which the curve has a corner, its end and drops apart. */
  turns?(flags: ScheduleFlags, options: Partial<Options>): readonly number[];
  /** Makes its own class; absent: {@link DefinedScheduler}. */
  scheduler?(optimizer: OptimizerLike, options: Options & WarmupOptions & SchedulerOptions): Scheduler;
}

/** A definition without its curve; traits and flags that it has. */
type Rest<Options extends object> = Pick<ScheduleDefinition, "name"> &
  Partial<Omit<ScheduleDefinition<Options>, keyof Curve | "name">>;

/** Input of {@link defineSchedule}: a definition that leaves out what it does not have. */
export type ScheduleInput<Options extends object> = Curve<Options> & Rest<Options>;

/**
 * Defines a schedule: what its options may be and the value at t. Warm-up, noise, units, groups and state are added.
 *
 * @param input - `name`, `checks` and `build` are required.
 * @returns The definition, for {@link DefinedScheduler} and {@link registerSchedule}.
 * @throws TypeError for a name that is no word, and for checks and a `build` that are no functions.
 * @example
 * const halving = defineSchedule({
 *   name: "halving",
 *   checks: { halfLife: number({ above: 0 }) },
 *   build: ({ halfLife }) => (base) => (t) => base * 0.5 ** (t / halfLife),
 * });
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new DefinedScheduler(optimizer, halving, { halfLife: 5, warmupT: 2 });
 * [1, 5, 10].map((t) => scheduler.valuesAt(t)[0]); // => [0.05, 0.05, 0.025]
 */
export function defineSchedule<Options extends object>(
  input: ScheduleInput<Options>,
): ScheduleDefinition<Options> {
  // Programs in JavaScript may pass anything.
  const { name, checks, build } = { ...input };
  const refuse = (part: string, allowed: string, got: unknown): never => {
    throw new TypeError(refusal("defineSchedule", part, allowed, got));
  };
  const isWord = typeof name === "string" && /^[a-z][\w-]*$/i.test(name);
  if (name !== null && !isWord) refuse("name", "a word of letters, digits, - and _, or null", name);
  if (typeof checks !== "object" || checks === null) refuse("checks", "an object of checks", checks);
  for (const [part, value] of Object.entries({ ...checks, build })) {
    if (typeof value !== "function") refuse(part, "a function", value);
  }
  return nameSchedule(input, input);
}

/** Makes a curve a definition; kept apart from it in bundles of a class or a function alone. */
export function nameSchedule<Options extends object>(
  curve: Curve<Options>,
  rest: Rest<Options>,
): ScheduleDefinition<Options> {
  return { traits: {}, flags: {}, ...curve, ...rest };
}
