/** Schedules as flags of `tsimm train`, and of timm's train.py. */
import { shortNumber } from "../short-number.ts";
import { separated } from "../timm-names.ts";
import type { CopiedSchedule } from "./copied-schedule.ts";
import { beyondTimm } from "./timm-differences.ts";

/** Flag with its words. */
type FlagWords = readonly [flag: string, ...values: string[]];

/** A command that trains with a schedule. */
export function trainText(schedule: CopiedSchedule): string {
  return commandText(["npx", "tsimm", "train", "photos/"], flagsOf(schedule), notes(schedule));
}

/** The same with timm's train.py; comments say what timm does not have. */
export function timmTrainText(schedule: CopiedSchedule): string {
  const { flags, definition, unit } = schedule;
  if (!definition.traits.inTimm) {
    return [`# timm's train.py has no schedule "${flags.sched}"; with tsimm:`, trainText(schedule)].join(
      "\n",
    );
  }
  const lacking = lackingIn(schedule);
  const own = flagsOf(schedule).filter(([flag]) => !lacking.includes(flag));
  const words = own.map(
    ([flag, ...values]): FlagWords => [flag === "--power" ? "--decay-rate" : flag, ...values],
  );
  // timm decays one t before a milestone.
  const later = (flags.decayMilestones ?? []).map((milestone) => shortNumber(milestone + 1));
  if (flags.milestoneTiming === "torch" && unit === "epoch") words.push(["--decay-milestones", ...later]);
  return commandText(["python", "train.py", "photos/"], words, [
    ...notes(schedule),
    ...beyondTimm(schedule, "train.py"),
  ]);
}

/** Flags that train.py has not, ignores, or has not with these values. */
function lackingIn({ flags, definition, unit }: CopiedSchedule): readonly string[] {
  return [
    ...["--milestone-timing", "--plateau-threshold", "--threshold-mode"],
    ...Object.keys(definition.flags ?? {}).map((name) => `--${separated(name, "-")}`),
    ...(definition.traits.followsMetric ? ["--cooldown-epochs"] : []),
    ...(flags.milestoneTiming === "torch" && unit === "epoch" ? ["--decay-milestones"] : []),
  ];
}

/** The flags that differ from their defaults, in the order in which the playground shows them. */
function flagsOf({ parameters, flags }: CopiedSchedule): readonly FlagWords[] {
  const values = new Map<string, unknown>(Object.entries(flags));
  const isAlwaysGiven = (name: string) => name === "lr" || name === "epochs";
  // Those of the command line, but for the rate.
  const words = parameters.flatMap(({ name, flag, default: usual }): FlagWords[] => {
    const value = values.get(name) ?? null;
    const isDefault = JSON.stringify(value) === JSON.stringify(usual);
    if (value === null || (isDefault && !isAlwaysGiven(name)) || isIdle(name, flags)) return [];
    if (typeof value === "boolean") return value ? [[flag]] : [];
    return [[flag, ...(Array.isArray(value) ? value : [value]).map(wordOf)]];
  });
  // A rate of 0 counts as not given.
  const zero: FlagWords[] = flags.lr === 0 ? [["--lr-base", "0"]] : [];
  return [["--sched", String(flags.sched)], ...words, ...zero];
}

function wordOf(value: unknown): string {
  return typeof value === "number" ? shortNumber(value) : String(value);
}

/** Whether a flag changes nothing beside the others. */
function isIdle(name: string, { lrNoise, warmupEpochs }: CopiedSchedule["flags"]): boolean {
  if (["lrNoisePct", "lrNoiseStd", "seed"].includes(name)) return !lrNoise;
  return warmupEpochs === 0 && ["warmupLr", "warmupPrefix"].includes(name);
}

function notes({ unit, updatesPerEpoch, lrScales, metric }: CopiedSchedule): readonly string[] {
  return [
    ...(unit === "update" ? [`# As shown where an epoch has ${updatesPerEpoch} updates.`] : []),
    ...(metric && metric.length > 1 ? ["# As shown if validation has the metric that was entered."] : []),
    ...(lrScales.length > 1
      ? ["# Groups with an lrScale of their own have no flag; --layer-decay makes some, layer by layer."]
      : []),
  ];
}

function commandText(
  start: readonly string[],
  flags: readonly FlagWords[],
  comments: readonly string[],
): string {
  const command = [start, ...flags].map((words) => words.map(shellWord).join(" "));
  return `${[...comments, command.join(" \\\n  ")].join("\n")}\n`;
}

/** A word of a POSIX shell, in quotes where it has more than letters, digits and marks without meaning. */
function shellWord(word: string): string {
  return /^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
