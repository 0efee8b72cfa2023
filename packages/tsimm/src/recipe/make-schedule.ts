/** The schedule of a run, and its warnings. */
import { createScheduler, type ScheduledRun } from "@tsimm/scheduler";
import type { Optimizer } from "../optim/optimizer.ts";
import { type MetricContext, scheduleWarnings } from "../preview/warnings.ts";
import type { Task } from "../task/task.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import type { Log } from "./log.ts";
import { erases } from "./random-erasing.ts";
import { simulateRun } from "./simulate-run.ts";

/** Options of {@link makeSchedule}. */
export interface MakeScheduleOptions {
  /** Base learning rate. */
  readonly lr: number;
  readonly optimizer: Optimizer;
  readonly updatesPerEpoch: number;
  /** Metric that a plateau schedule follows, and its better direction. */
  readonly metric: string;
  readonly better: "higher" | "lower";
}

/** Creates the schedule that the arguments name. */
export function makeSchedule(args: TrainArguments, options: MakeScheduleOptions): ScheduledRun {
  const { lr, optimizer, updatesPerEpoch, metric, better } = options;
  // The factory takes the direction from timm's name of the metric.
  const evalMetric = better === "lower" ? "loss" : metric;
  const flags = { ...args, lr, evalMetric };
  return fromFlags("train", args, () => createScheduler(flags, optimizer, { updatesPerEpoch }));
}

/** Logs the length of the run, warnings about its schedule, and settings that raise its training loss. */
export function describeSchedule(
  args: TrainArguments,
  { numEpochs }: Pick<ScheduledRun, "numEpochs">,
  {
    updatesPerEpoch,
    task,
    ...context
  }: Omit<MetricContext, "task"> & { readonly updatesPerEpoch: number; readonly task: Task },
  { info, warn }: Log,
): void {
  const schedule = simulateRun(args, updatesPerEpoch, { command: "train" });
  for (const line of scheduleWarnings(schedule, { ...context, task })) warn(line);
  const updates = numEpochs * updatesPerEpoch;
  if (args.modelEma && !args.modelEmaWarmup && args.modelEmaDecay ** updates > 0.5) {
    warn(
      `the moving average still holds ${(100 * args.modelEmaDecay ** updates).toFixed(0)} % of the initial weights at the end; lower --model-ema-decay`,
    );
  }
  const how = args.warmupPrefix
    ? "(warmup_epochs + epochs + cooldown_epochs). Warmup added to total when warmup_prefix=True"
    : "(epochs + cooldown_epochs). Warmup within epochs when warmup_prefix=False";
  info(`Scheduled epochs: ${numEpochs} ${how}. LR stepped per ${args.schedOnUpdates ? "update" : "epoch"}.`);
  const reasons = lossReasons(args, task);
  if (reasons.length > 0) info(`Raised in the training loss, not in validation: ${reasons.join(", ")}`);
}

/** Why the training loss may stay above the validation loss. */
function lossReasons(args: TrainArguments, { raisesLoss }: Task): string[] {
  return [
    ...(args.mixup > 0 ? ["mixup"] : []),
    ...(args.cutmix > 0 || args.cutmixMinmax !== null ? ["CutMix"] : []),
    ...raisesLoss,
    ...(args.noAug ? [] : [args.aa ? `augmentation ${args.aa}` : "augmentation"]),
    ...(erases(args) ? [`random erasing ${args.reprob}`] : []),
    ...(args.drop > 0 ? [`dropout ${args.drop}`] : []),
    ...((args.dropPath ?? args.dropConnect ?? 0) > 0 ? ["drop path"] : []),
  ];
}
