import type { CopiedSchedule } from "./copied-schedule.ts";

/**
 * Comments about settings that timm does not have, or reads otherwise, of a schedule that it has.
 *
 * @param where - What the comment stands in: some settings have no flag, but an option.
 */
export function beyondTimm(
  { parameters, values, allOptions, definition, unit }: CopiedSchedule,
  where: "train.py" | "class",
): readonly string[] {
  const isNoisy = allOptions["noiseRangeT"] !== null;
  const own = parameters
    .filter(
      ({ name, default: usual }) => Object.hasOwn(definition.flags ?? {}, name) && values[name] !== usual,
    )
    .map(({ flag }) => flag);
  const notes = [
    isNoisy &&
      values["lrNoiseStd"] !== 1 &&
      "timm ignores the standard deviation of the noise: it is 1 there.",
    Number(values["lrCycleMul"] ?? 1) !== 1 &&
      Number(values["lrCycleLimit"]) > 1 &&
      "timm restarts cycles of unequal length one t late at some t, by a rounded logarithm.",
    where === "train.py" &&
      values["milestoneTiming"] === "torch" &&
      (unit === "epoch"
        ? "timm decays one epoch before a milestone: these are one later, for the same rates."
        : "timm decays one update before a milestone."),
    where === "train.py" &&
      own.length > 0 &&
      `train.py has no ${own.join(" and no ")}: the default holds there.`,
    where === "train.py" &&
      definition.traits.followsMetric &&
      values["cooldownEpochs"] !== 0 &&
      "train.py ignores --cooldown-epochs with this schedule: it is 0 there.",
    where === "train.py" &&
      (values["thresholdMode"] ?? "rel") !== "rel" &&
      "train.py has no flag for an absolute threshold.",
    where === "train.py" &&
      (values["plateauThreshold"] ?? 1e-4) !== 1e-4 &&
      "train.py has no flag for the threshold of plateau: it is 0.0001 there.",
  ];
  return notes.filter((note) => typeof note === "string").map((note) => `# ${note}`);
}
