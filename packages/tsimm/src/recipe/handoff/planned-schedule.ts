/** The schedule of a run under timm: its rate, its length, and what becomes of its curve. */
import { createScheduler, findSchedule } from "@tsimm/scheduler";
import type { RunState } from "../../checkpoint/run-state.ts";
import { UsageError } from "../../usage-error.ts";
import type { TrainArguments } from "../arguments.ts";
import { fromFlags } from "../from-flags.ts";
import { learningRate } from "../learning-rate.ts";

/** Settings of timm for the schedule of a run. */
export interface PlannedSchedule {
  /** Base rate, in use. */
  readonly lr: number;
  /** `--epochs`, perhaps that of the run. */
  readonly epochs: number;
  /** Epochs of the whole run, with warm-up prefix, cycles and cooldown. */
  readonly numEpochs: number;
  /** Whether the warm-up is left out, which timm would begin anew. */
  readonly skipsWarmup: boolean;
  readonly warnings: readonly string[];
}

/** Options of {@link planSchedule}. */
export interface PlanScheduleOptions {
  /** Arguments of the run. */
  readonly own: TrainArguments;
  /** Epochs that are done, >= 1. */
  readonly done: number;
  /** `--epochs` that was asked for; null: none. */
  readonly asked: number | null;
}

/**
 * Finds the rate, and epochs beyond those done: where there are no more, timm trains none and ends without a word.
 *
 * @param args - Arguments of a schedule that timm has.
 * @throws UsageError if no more epochs are asked for.
 */
export function planSchedule(
  args: TrainArguments,
  state: RunState,
  { own, done, asked }: PlanScheduleOptions,
): PlannedSchedule {
  const follows = findSchedule(args.sched).traits.followsMetric;
  const base = learningRate(own).lr;
  const skipsWarmup = follows === true && args.warmupEpochs > 0 && done > args.warmupEpochs;
  const lr = skipsWarmup || (follows && args.warmupEpochs === 0) ? steadyRate(state) : base;
  const updatesPerEpoch = Math.max(1, Math.round(state.update / done));
  const plan = (flags: TrainArguments, epochs: number) => {
    const run = { paramGroups: [{ lr: base }] };
    const { numEpochs, scheduler } = fromFlags("handoff", own, () =>
      createScheduler({ ...flags, epochs, lr: base }, run, { updatesPerEpoch }),
    );
    const rateAt = (epoch: number) =>
      scheduler.valuesAt(epoch * (scheduler.tInEpochs ? 1 : updatesPerEpoch))[0] ?? 0;
    return { numEpochs, rateAt };
  };
  const before = plan(own, own.epochs);
  const flags = skipsWarmup ? { ...args, warmupEpochs: 0, warmupPrefix: false } : args;
  // A warm-up that lengthens the run is part of the epochs once it is left out.
  let epochs = asked ?? own.epochs + (skipsWarmup && own.warmupPrefix ? own.warmupEpochs : 0);
  if (asked === null) while (plan(flags, epochs).numEpochs <= done) epochs += own.epochs;
  const after = plan(flags, epochs);
  if (after.numEpochs <= done) {
    throw new UsageError(
      `handoff: --epochs must be more than ${asked} to go on after the ${done} epochs that are done; timm would train nothing`,
    );
  }
  const isOver = before.numEpochs <= done && asked === null;
  return {
    ...{ lr, epochs, skipsWarmup },
    numEpochs: after.numEpochs,
    warnings: [
      ...(isOver
        ? [`the run is over: --epochs ${epochs} lets timm go on, to ${after.numEpochs} epochs in all`]
        : []),
      ...(follows
        ? [
            `timm forgets the best metric and the bad epochs of ${args.sched}: its next epoch counts as the best so far`,
          ]
        : bend({ name: args.sched, own: own.sched, epochs, done }, before, after)),
      ...movedNoise(own, epochs),
    ],
  };
}

interface Curve {
  rateAt(epoch: number): number;
}

/** Says where another curve begins: one of more epochs, or one that timm has in place of another. */
function bend(
  { name, own, epochs, done }: Record<"name" | "own", string> & Record<"epochs" | "done", number>,
  before: Curve,
  after: Curve,
): string[] {
  if ([done - 1, done].every((epoch) => before.rateAt(epoch) === after.rateAt(epoch))) return [];
  const inPlace = name === own ? "" : `, in place of ${own},`;
  return [
    `${name} over ${epochs} epochs${inPlace} is another curve: epoch ${done} begins with the rate ${short(after.rateAt(done))}, epoch ${done - 1} began with ${short(before.rateAt(done - 1))}`,
  ];
}

/** Noise lies between shares of the epochs. */
function movedNoise({ lrNoise, epochs: own }: TrainArguments, epochs: number): string[] {
  if (lrNoise === null || epochs === own) return [];
  const range = (all: number) => lrNoise.map((share) => short(share * all)).join(" to ");
  return [
    `the noise of the rate moves with --epochs ${epochs}: from epoch ${range(epochs)}, not ${range(own)}`,
  ];
}

/** The rate that plateau has come to, without noise. */
function steadyRate({ optimizer, scheduler }: RunState): number {
  const { plateau } = scheduler as { readonly plateau?: { readonly restore?: readonly number[] | null } };
  const { lr = 0, lrScale } = optimizer.groups[0]?.options ?? {};
  const rate = plateau?.restore?.[0] ?? Number(lr);
  return rate / Number(lrScale ?? 1);
}

function short(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
