/** The parameters of a schedule, derived from its definition and the table of training flags. */
import { findSchedule, listSchedules, type ScheduleTraits } from "@tsimm/scheduler";
import type { Flag } from "tsimm/plot";
import type { Parameter, ParameterGroup, ParameterKind } from "./parameter.ts";
import { probeSchedule, type ReadFlag } from "./probe-schedule.ts";
import type { SettingValue } from "./settings.ts";
import { sliderRange } from "./slider-range.ts";
import { separated, timmNameOf } from "./timm-names.ts";

/**
 * The parameters that have an effect on a schedule, in the order in which they are shown.
 *
 * @param sched - Name of a schedule, built in or registered.
 * @param args - Present values: ranges and defaults follow the length of the run.
 * @throws RangeError for a name that no schedule has.
 */
export function parametersOf(
  sched: string,
  args: Readonly<Record<string, SettingValue>> = {},
): readonly Parameter[] {
  const { traits, flags } = findSchedule(sched);
  const isOwn = (name: string) => Object.hasOwn(flags, name);
  const given = args["epochs"];
  const read = probed(sched);
  const usual = read.find(({ name }) => name === "epochs")?.flag.default;
  const epochs = typeof given === "number" && given > 0 ? given : Number(usual);
  const parameters = read.map((one) => describe(one, traits, epochs, isOwn(one.name)));
  return groups.flatMap((group) =>
    parameters.filter((parameter) => parameter.group === group).sort((a, b) => placeOf(a) - placeOf(b)),
  );
}

/** A schedule is looked at once. */
const known = new Map<string, readonly ReadFlag[]>();

function probed(sched: string): readonly ReadFlag[] {
  const found = known.get(sched) ?? probeSchedule(sched);
  known.set(sched, found);
  return found;
}

const groups: readonly ParameterGroup[] = ["Run", "Schedule", "Warm-up", "Cycles", "Noise"];

/** Flags that stand first in their group, in this order; others follow in the order of the table. */
const first: readonly string[] = [
  ...["epochs", "lr", "schedOnUpdates"],
  ...["decayEpochs", "decayMilestones", "decayRate", "minLr"],
  ...["warmupEpochs", "warmupLr", "warmupPrefix"],
  ...["lrCycleLimit", "lrCycleMul", "lrCycleDecay", "cooldownEpochs"],
  ...["lrNoise", "lrNoisePct", "lrNoiseStd", "seed"],
];

function placeOf({ name }: Parameter): number {
  const place = first.indexOf(name);
  return place < 0 ? first.length : place;
}

function groupOf(name: string, { cyclic }: ScheduleTraits): ParameterGroup {
  if (["epochs", "lr", "schedOnUpdates"].includes(name)) return "Run";
  if (name.startsWith("warmup")) return "Warm-up";
  if (name.startsWith("lrCycle") || (cyclic && name === "cooldownEpochs")) return "Cycles";
  return name.startsWith("lrNoise") || name === "seed" ? "Noise" : "Schedule";
}

function describe(
  { name, flag, option, optionDefault }: ReadFlag,
  traits: ScheduleTraits,
  epochs: number,
  isOwn: boolean,
): Parameter {
  const kind = kindOf(name, flag);
  const help = helpOf(name, traits) ?? withoutNames(flag.help);
  const inEpochs = kind === "span" || /^epochs\b/.test(flag.help);
  const range = sliderRange(name, flag, inEpochs, epochs);
  const inTimm = option !== null && (traits.inTimm || !isOwn) && isTimmOption(option);
  const timmOption = inTimm ? timmNameOf(option) : null;
  return {
    ...{ name, option, timmOption, kind, help },
    flag: `--${separated(name, "-")}`,
    group: groupOf(name, traits),
    default: defaultOf(name, flag, optionDefault, traits, epochs),
    range: isFactor(name, traits) ? { ...range, max: 1 - range.step } : range,
    choices: name === "evalMetric" ? ["top1", "loss"] : (flag.choices ?? []),
    unit: inEpochs ? "epochs" : "",
  };
}

/** Whether it is a factor that must lower the rate. */
function isFactor(name: string, { followsMetric }: ScheduleTraits): boolean {
  return name === "decayRate" && followsMetric === true;
}

/** The value where none is set; null only for a span and for an option that has none. */
function defaultOf(
  name: string,
  flag: Flag,
  optionDefault: unknown,
  { decaysAtEnd }: ScheduleTraits,
  epochs: number,
): SettingValue {
  if (name === "lr") return DEFAULT_LR;
  // As the command line has it: a decay at the end lies within its run.
  if (name === "decayEpochs" && decaysAtEnd) return (3 * epochs) / 10;
  const value = flag.default ?? (typeof optionDefault === "number" ? optionDefault : null);
  return Array.isArray(value) ? value.map(Number) : (value as SettingValue);
}

/** Base rate of the playground; training derives its own from the batch size where none is given. */
const DEFAULT_LR = 0.1;

function kindOf(name: string, { type }: Flag): ParameterKind {
  if (name === "lrNoise") return "span";
  if (name === "evalMetric") return "choice";
  if (type === "flag") return "boolean";
  if (type === "int") return "integer";
  if (type === "float") return "number";
  return type === "ints" || type === "floats" ? "numbers" : "choice";
}

/** Whether one of timm's schedules has an option of this name. */
function isTimmOption(option: string): boolean {
  return timmSchedules().some((name) => probed(name).some((read) => read.option === option));
}

function timmSchedules(): readonly string[] {
  return listSchedules().flatMap(({ name, traits }) => (traits.inTimm ? [name] : []));
}

/** Help where the table's is about several schedules, or about fractions. */
function helpOf(
  name: string,
  { decaysAtEnd, stepped, followsMetric, cyclic, hasPower }: ScheduleTraits,
): string | null {
  switch (name) {
    case "lr":
      return "learning rate that the schedule starts from";
    case "decayEpochs":
      if (decaysAtEnd) return "epochs of decay at the end of the run";
      return stepped ? "epochs between two decays" : "epochs in which the rate falls by the factor";
    case "cooldownEpochs":
      if (followsMetric) return "epochs of rest after a decay";
      return cyclic ? "epochs at the lowest rate after the last cycle" : "epochs that are added at the end";
    case "patienceEpochs":
      return "epochs without improvement that are borne";
    case "power":
      return hasPower ? "exponent of the curve: 1 is a straight line" : null;
    case "evalMetric":
      return "metric that is followed: the greater the better (top1), or the smaller (loss)";
    case "lrNoise":
      return "epochs from and to which there is noise";
    case "seed":
      return "seed of the noise";
    default:
      return null;
  }
}

/** Without the list of schedules that a flag is for. */
function withoutNames(help: string): string {
  const names = new Set<string>(listSchedules().map(({ name }) => name));
  return help.replace(/ \(([a-z\d, -]+)\)$/, (all: string, list: string) =>
    list.split(", ").every((word) => names.has(word)) ? "" : all,
  );
}
