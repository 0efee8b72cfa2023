/** Settings of training that a page can change between epochs. */
import { createScheduler, type ScheduledRun, type SchedulerArgs } from "@tsimm/scheduler";

/** Schedule, rate and optimizer, under the names of the flags of `tsimm train`. */
export interface TrainingSettings {
  readonly sched: string;
  /** Epochs of the run, an integer >= 1. */
  readonly epochs: number;
  /** Base learning rate, > 0. */
  readonly lr: number;
  readonly warmupEpochs: number;
  readonly decayEpochs: number;
  readonly decayRate: number;
  readonly opt: string;
  readonly weightDecay: number;
}

/** As the demo of `tsimm train`, in fewer epochs. */
export const defaultSettings: TrainingSettings = {
  sched: "cosine",
  epochs: 12,
  lr: 0.003,
  warmupEpochs: 1,
  decayEpochs: 4,
  decayRate: 0.2,
  opt: "adamw",
  weightDecay: 0.05,
};

/** Weight of the past in the rules that have a momentum. */
export const MOMENTUM = 0.9;

/** The schedule's flags; warm-up begins at a tenth of the rate. */
export function schedulerArgs({ sched, epochs, lr, ...settings }: TrainingSettings): SchedulerArgs {
  const { warmupEpochs, decayEpochs, decayRate } = settings;
  return {
    ...{ sched, epochs, warmupEpochs, decayEpochs, decayRate, warmupLr: lr / 10, minLr: lr / 1000 },
    ...{ cooldownEpochs: 0, patienceEpochs: 2, evalMetric: "top1" },
    ...{ decayMilestones: [decayEpochs, 2 * decayEpochs] },
  };
}

/**
 * Makes the schedule of settings over an optimizer's groups, whose rates it takes as they are.
 *
 * @throws RangeError for a setting out of range.
 */
export function createSchedule(
  settings: TrainingSettings,
  optimizer: Parameters<typeof createScheduler>[1],
): ScheduledRun {
  return createScheduler(schedulerArgs(settings), optimizer);
}

/** Plan of a run: its length, and the rate of each epoch, empty where it follows from results. */
export interface TrainingPlan {
  readonly numEpochs: number;
  readonly rates: readonly number[];
}

/**
 * Plans a run.
 *
 * @throws RangeError for a setting out of range.
 */
export function planTraining(settings: TrainingSettings): TrainingPlan {
  const { scheduler, numEpochs } = createSchedule(settings, { paramGroups: [{ lr: settings.lr }] });
  const rates = Array.from({ length: numEpochs }, (_, epoch) => scheduler.getEpochValues(epoch)?.[0]);
  return { numEpochs, rates: rates.filter((rate) => rate !== undefined) };
}

/** Settings in a line, such as `adamw · cosine · 0.003`. */
export function describeSettings({ opt, sched, lr }: TrainingSettings): string {
  return `${opt} · ${sched} · ${lr}`;
}

/** Differences between settings, such as `lr 0.001, sgd`; empty: none. */
export function describeChange(before: TrainingSettings, after: TrainingSettings): string {
  const named: readonly (readonly [keyof TrainingSettings, string])[] = [
    ...([
      ["opt", ""],
      ["sched", ""],
      ["lr", "lr "],
      ["epochs", "epochs "],
    ] as const),
    ...([
      ["warmupEpochs", "warm-up "],
      ["decayEpochs", "decay epochs "],
    ] as const),
    ...([
      ["decayRate", "decay rate "],
      ["weightDecay", "weight decay "],
    ] as const),
  ];
  return named
    .filter(([name]) => before[name] !== after[name])
    .map(([name, words]) => `${words}${after[name]}`)
    .join(", ");
}
