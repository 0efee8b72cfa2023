/** Schedules as flags of `tsimm train`, and of timm's train.py. */
import { scheduleFlags } from "tsimm/plot";
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
  const { flags, definition } = schedule;
  if (!definition.traits.inTimm) {
    return [`# timm's train.py has no schedule "${flags.sched}"; with tsimm:`, trainText(schedule)].join(
      "\n",
    );
  }
  const words = flagsOf(schedule).flatMap(([flag, ...values]): FlagWords[] => {
    switch (flag) {
      case "--power":
        return [["--decay-rate", ...values]];
      case "--decay-milestones":
        return [[flag, ...values.map((value) => String(Number(value) + lead(schedule)))]];
      case "--milestone-timing":
      case "--plateau-threshold":
      case "--threshold-mode":
        return [];
      default:
        return [[flag, ...values]];
    }
  });
  return commandText(["python", "train.py", "photos/"], words, [
    ...notes(schedule),
    ...beyondTimm(schedule, "train.py"),
  ]);
}

/** Epochs by which timm's milestones are later for the same decays. */
function lead({ flags }: CopiedSchedule): number {
  return flags.milestoneTiming === "torch" ? 1 : 0;
}

/** The flags that differ from their defaults, in the order in which the playground shows them. */
function flagsOf({ parameters, flags }: CopiedSchedule): readonly FlagWords[] {
  const rows = new Map<string, unknown>(scheduleFlags().map(([name, flag]) => [name, flag.default]));
  const values = new Map<string, unknown>(Object.entries(flags));
  const isAlwaysGiven = (name: string) => name === "lr" || name === "epochs";
  const words = parameters.flatMap(({ name }): FlagWords[] => {
    const value = values.get(name) ?? null;
    const isDefault = JSON.stringify(value) === JSON.stringify(rows.get(name));
    if (value === null || (isDefault && !isAlwaysGiven(name)) || isIdle(name, flags)) return [];
    const flag = separated(name, "-");
    if (typeof value === "boolean") return [[value ? `--${flag}` : `--no-${flag}`]];
    return [[`--${flag}`, ...(Array.isArray(value) ? value : [value]).map(wordOf)]];
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
