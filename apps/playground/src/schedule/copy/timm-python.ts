import { shortNumber } from "../short-number.ts";
import { timmNameOf } from "../timm-names.ts";
import type { CopiedSchedule, OptionValue } from "./copied-schedule.ts";
import { bracketed, numberList } from "./layout.ts";
import { formulaText } from "./python-formula.ts";
import { beyondTimm } from "./timm-differences.ts";

/**
 * A schedule as a program in Python that prints the rates: with timm's class, or for a schedule that timm does not have
 * with its formula alone.
 */
export function timmPythonText(schedule: CopiedSchedule): string {
  return schedule.definition.traits.inTimm ? classText(schedule) : formulaText(schedule);
}

function classText(schedule: CopiedSchedule): string {
  const { className } = schedule;
  const lines = [
    ...["import torch", `from timm.scheduler import ${className}`, ""],
    ...optimizerLines(schedule),
    ...beyondTimm(schedule, "class"),
    ...bracketed(`scheduler = ${className}(`, ["optimizer", ...keywords(schedule)], ")"),
    ...absoluteThreshold(schedule),
    ...metricLines(schedule),
    ...["", ...loopLines(schedule), ""],
  ];
  return lines.map((line) => line.replace(/^ +/, (blanks) => blanks.repeat(2))).join("\n");
}

function optimizerLines({ lr, lrScales }: CopiedSchedule): readonly string[] {
  const params = "[torch.nn.Parameter(torch.zeros(1))]";
  const rate = shortNumber(lr);
  if (lrScales.length === 1) return [`optimizer = torch.optim.SGD(${params}, lr=${rate})`];
  const groups = lrScales.map((scale, i) =>
    i === 0 ? `{"params": ${params}}` : `{"params": ${params}, "lr_scale": ${shortNumber(scale)}}`,
  );
  return [
    "optimizer = torch.optim.SGD(",
    ...["  [", ...groups.map((group) => `    ${group},`), "  ],"],
    ...[`  lr=${rate},`, ")"],
  ];
}

function keywords({ options, allOptions }: CopiedSchedule): readonly string[] {
  // timm counts to the milestone from t + 1.
  const lead = allOptions["milestoneTiming"] === "torch" ? 1 : 0;
  const given = Object.keys(allOptions).flatMap((option): [string, OptionValue][] => {
    const value = options.get(option);
    // true is the default of some of timm's classes.
    if (option === "warmupPrefix" && options.has("warmupT")) return [[option, value === true]];
    if (value === undefined) return [];
    return [[option, option === "decayT" && Array.isArray(value) ? value.map((t) => t + lead) : value]];
  });
  return given.flatMap(([option, value]) => {
    const name = timmNameOf(option);
    return name === null ? [] : [`${name}=${pythonValue(value)}`];
  });
}

/** PyTorch, on which timm's plateau stands, has an attribute for it. */
function absoluteThreshold({ allOptions }: CopiedSchedule): readonly string[] {
  if (allOptions["thresholdMode"] !== "abs") return [];
  return ['scheduler.lr_scheduler.threshold_mode = "abs"  # no option of timm'];
}

function metricLines({ metric }: CopiedSchedule): readonly string[] {
  if (metric === null) return [];
  return [
    "",
    "# The metric of each epoch: yours, from validation.",
    ...numberList("metrics = [", metric, "]"),
  ];
}

function loopLines({ unit, numEpochs, updatesPerEpoch, metric }: CopiedSchedule): readonly string[] {
  const rates = '*[group["lr"] for group in optimizer.param_groups]';
  if (unit === "update") {
    return [
      `for num_updates in range(${numEpochs} * ${updatesPerEpoch}):`,
      "  # train on a batch with these rates",
      `  print(num_updates, ${rates})`,
      "  scheduler.step_update(num_updates + 1)",
    ];
  }
  const step = metric === null ? "epoch + 1" : "epoch + 1, metrics[min(epoch, len(metrics) - 1)]";
  return [
    `for epoch in range(${numEpochs}):`,
    "  # train an epoch with these rates",
    `  print(epoch, ${rates})`,
    `  scheduler.step(${step})`,
  ];
}

function pythonValue(value: OptionValue): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return shortNumber(value);
  return Array.isArray(value) ? `[${value.map(shortNumber).join(", ")}]` : JSON.stringify(value);
}
