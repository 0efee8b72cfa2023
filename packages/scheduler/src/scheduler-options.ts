import { refusal } from "./errors.ts";
import { type NoiseOptions, noiseChecks, type ResolvedNoise } from "./noise.ts";
import { boolean, type Check, type Checks, readKnown, refuseUnknown } from "./options.ts";
import { type Curve, type Schedule, warmedUp } from "./schedule.ts";
import { plainOptions } from "./state.ts";

/** Options of every scheduler class. */
export interface SchedulerOptions extends NoiseOptions {
  /** Numeric field of the groups to drive, default `"lr"`: `"momentum"`, `"weightDecay"`, … */
  readonly paramGroupField?: string;
  /**
   * Unit of t: true (the default): epochs, `step` acts; false: updates, `stepUpdate` acts. null counts as
   * false, as Python's None does.
   */
  readonly tInEpochs?: boolean | null;
  /** true (the default): a group without `initialLr` gets its present `lr` as that; false: it must have one. */
  readonly initialize?: boolean;
}

/** Options of every scheduler class with their defaults. */
export interface ResolvedSchedulerOptions extends ResolvedNoise {
  readonly paramGroupField: string;
  readonly tInEpochs: boolean;
  readonly initialize: boolean;
}

/** Input of {@link Scheduler} from a class: its name, its options, and the schedule of a base value. */
export interface SchedulerPlan<Own extends object = object>
  extends Pick<Curve<Own>, "startsAtSchedule" | "motion"> {
  readonly name: string;
  readonly options: ResolvedSchedulerOptions;
  /** Options of its schedule. */
  readonly own: Own;
  readonly build: (base: number) => Schedule;
  /** All options, for the saved state. */
  readonly saved: Readonly<Record<string, unknown>>;
}

const field: Check<string> = (value, where, option) => {
  if (value === undefined) return "lr";
  if (typeof value === "string" && value !== "") return value;
  const message = refusal(where, option, "the name of a numeric field", value);
  throw typeof value === "string" ? new RangeError(message) : new TypeError(message);
};

const checkUnit = boolean(true);

const schedulerChecks: Checks<ResolvedSchedulerOptions> = {
  ...noiseChecks,
  paramGroupField: field,
  tInEpochs: (value, where, option) => (value === null ? false : checkUnit(value, where, option)),
  initialize: boolean(true),
};

/**
 * Reads the options of a class.
 *
 * @param name - Class name, for messages and the saved state.
 * @param curve - Its schedule.
 * @param options - What was given.
 */
export function planScheduler<Options extends object>(
  name: string,
  curve: Curve<Options>,
  options: object,
): SchedulerPlan<Options> {
  const { checks, renamed, build, ...rest } = warmedUp(curve);
  refuseUnknown(name, options, [...Object.keys(checks), ...Object.keys(schedulerChecks)], renamed);
  const own = readKnown(name, checks, options);
  const common = readKnown<ResolvedSchedulerOptions>(name, schedulerChecks, options);
  return {
    ...rest,
    name,
    options: common,
    own,
    build: build(own, name, common.paramGroupField),
    saved: plainOptions({ ...own, ...common }),
  };
}
