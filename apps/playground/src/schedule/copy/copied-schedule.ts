/** A schedule as the parts that every copied program has. */
import {
  ConstantLRScheduler,
  createScheduler,
  findSchedule,
  type ScheduleDefinition,
} from "@tsimm/scheduler";
import { simulateFlags, type TrainArguments } from "tsimm/plot";
import { completeSettings } from "../complete-settings.ts";
import type { Parameter } from "../parameter.ts";
import type { CurveSettings, SettingValue } from "../settings.ts";

/** Value of an option. */
export type OptionValue = number | boolean | string | readonly number[];

/** A schedule to write down. */
export interface CopiedSchedule {
  readonly definition: ScheduleDefinition;
  readonly parameters: readonly Parameter[];
  /** Flags of training, complete. */
  readonly flags: Partial<TrainArguments> & { readonly lr: number };
  /** Values of the parameters, the span of the noise in epochs. */
  readonly values: Readonly<Record<string, SettingValue>>;
  /** Name of the class, `StepLRScheduler`. */
  readonly className: string;
  /** Options of the class that differ from its defaults and have an effect. */
  readonly options: ReadonlyMap<string, OptionValue>;
  /** All options of the class. */
  readonly allOptions: Readonly<Record<string, unknown>>;
  readonly lr: number;
  /** Whether the groups have the base before the first step, although the schedule has another value there. */
  readonly startsAtBase: boolean;
  /** Factor of each group, the first one's 1. */
  readonly lrScales: readonly number[];
  readonly unit: "epoch" | "update";
  readonly numEpochs: number;
  readonly updatesPerEpoch: number;
  /** Metric of each epoch; null: the schedule follows none. */
  readonly metric: readonly number[] | null;
}

/**
 * Works out class and options of a schedule.
 *
 * @throws RangeError or UsageError for settings that describe no schedule.
 */
export function copiedSchedule(settings: CurveSettings, updatesPerEpoch: number): CopiedSchedule {
  const { parameters, values, flags } = completeSettings(settings, { updatesPerEpoch });
  // Refuses what training refuses.
  const { lr, unit, numEpochs, args, rates } = simulateFlags(flags, updatesPerEpoch, { columns: 1 });
  const definition = findSchedule(settings.sched);
  const { scheduler } = createScheduler(args, { paramGroups: [{ lr }] }, { updatesPerEpoch });
  const { followsMetric = false } = definition.traits;
  const { scheduler: className, options: allOptions = {} } = scheduler.stateDict();
  return {
    ...{ definition, parameters, values, flags, className, allOptions, lr, unit, numEpochs, updatesPerEpoch },
    startsAtBase: !followsMetric && rates[0] !== scheduler.valuesAt(0)[0],
    options: effectiveOptions(definition, allOptions),
    lrScales: [1, ...settings.groups.map(({ lrScale }) => lrScale)],
    metric: followsMetric ? metricOf(settings.metric) : null,
  };
}

/** One that never improves where there is none. */
function metricOf(metric: readonly number[] | null): readonly number[] {
  return metric === null || metric.length === 0 ? [0] : metric;
}

function effectiveOptions(
  definition: ScheduleDefinition,
  all: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, OptionValue> {
  const idle = idleOptions(all);
  const usual = commonDefaults();
  const own = Object.keys(definition.checks);
  const names = [...own, ...Object.keys(all).filter((name) => !own.includes(name))];
  const options = new Map<string, OptionValue>();
  for (const name of names) {
    const value = name === "noiseRangeT" ? wholeSpan(all[name]) : all[name];
    const fallback = own.includes(name) ? ownDefault(definition, name) : usual[name];
    const isUsual = JSON.stringify(value) === JSON.stringify(fallback);
    if (isOptionValue(value) && !isUsual && !idle.includes(name)) options.set(name, value);
  }
  return options;
}

/** Options that change nothing beside the others. */
function idleOptions(all: Readonly<Record<string, unknown>>): readonly string[] {
  return [
    ...(all["warmupT"] === 0 ? ["warmupLrInit", "warmupPrefix"] : []),
    ...(all["noiseRangeT"] === null ? ["noisePct", "noiseStd", "noiseSeed", "noiseType"] : []),
    ...(Number(all["cycleLimit"]) <= 1 ? ["cycleMul", "cycleDecay"] : []),
  ];
}

function commonDefaults(): Readonly<Record<string, unknown>> {
  return new ConstantLRScheduler({ paramGroups: [{ lr: 0 }] }, {}).stateDict().options ?? {};
}

/** undefined: the option has no default. */
function ownDefault({ checks }: ScheduleDefinition, name: string): unknown {
  const check = new Map<string, unknown>(Object.entries(checks)).get(name);
  if (typeof check !== "function") return undefined;
  try {
    return check(undefined, "default", name);
  } catch {
    return undefined;
  }
}

/** The same t, as noise applies at whole ones. */
function wholeSpan(span: unknown): unknown {
  if (typeof span === "number") return Math.ceil(span);
  return Array.isArray(span) ? span.map((t) => Math.ceil(Number(t))) : span;
}

function isOptionValue(value: unknown): value is OptionValue {
  if (Array.isArray(value)) return value.every((one) => typeof one === "number");
  return typeof value === "number" || typeof value === "boolean" || typeof value === "string";
}
