/** States of the playground that between them use every schedule and every kind of setting. */
import type { CurveSettings, GroupSettings, PlaygroundState, SettingValue } from "./settings.ts";

/** A state, and how exactly Python gives its rates. */
export interface ExampleState {
  readonly name: string;
  readonly state: PlaygroundState;
  /** Relative difference that Python may have: its C library rounds a power or a cosine otherwise. */
  readonly tolerance: number;
}

interface More {
  readonly groups?: readonly number[];
  readonly metric?: readonly number[];
  readonly updatesPerEpoch?: number;
  readonly tolerance?: number;
}

function example(
  name: string,
  sched: string,
  args: Readonly<Record<string, SettingValue>>,
  { groups = [], metric, updatesPerEpoch = 7, tolerance = 0 }: More = {},
): ExampleState {
  const further = groups.map((lrScale): GroupSettings => ({ lrScale }));
  const curve: CurveSettings = { sched, args, groups: further, metric: metric ?? null };
  return { name, tolerance, state: { curves: [curve], selected: 0, updatesPerEpoch, logScale: false } };
}

const rising = Array.from({ length: 8 }, (_, epoch) => 50 + epoch * 3);
const metric = [
  ...rising,
  71.05,
  70.5,
  71.3,
  71.2,
  71.1,
  71.3,
  71.4,
  71.4,
  71.2,
  71,
  72.5,
  72.4,
  72.3,
  72.2,
  72.1,
  72,
];
const loss = metric.map((top1) => (100 - top1) / 10);

/** The table. */
export const exampleStates: readonly ExampleState[] = [
  example("step", "step", { epochs: 30, decayEpochs: 8, decayRate: 0.5, warmupEpochs: 3 }),
  example("step-defaults", "step", {}),
  example("step-prefix", "step", {
    epochs: 20,
    lr: 0.004,
    decayEpochs: 2.4,
    decayRate: 0.97,
    warmupPrefix: true,
  }),
  example("step-noise", "step", { epochs: 40, decayEpochs: 10, lrNoise: [10, 30], seed: 7, lrNoisePct: 0.5 }),
  example(
    "step-groups",
    "step",
    { epochs: 12, decayEpochs: 4, warmupEpochs: 2, warmupLr: 0.001 },
    { groups: [0.1, 0.03] },
  ),
  example("step-updates", "step", { epochs: 9, decayEpochs: 2.5, schedOnUpdates: true, warmupEpochs: 1 }),
  example("multistep", "multistep", {
    epochs: 30,
    decayMilestones: [10, 20, 25],
    decayRate: 0.2,
    warmupEpochs: 0,
  }),
  example("multistep-torch", "multistep", {
    ...{ epochs: 30, decayMilestones: [10, 20], milestoneTiming: "torch", warmupPrefix: true },
  }),
  example(
    "cosine",
    "cosine",
    { epochs: 30, minLr: 1e-5, warmupEpochs: 4, warmupPrefix: true },
    { groups: [0] },
  ),
  example("cosine-cycles", "cosine", {
    ...{
      epochs: 10,
      lrCycleLimit: 3,
      lrCycleDecay: 0.6,
      lrKDecay: 1.5,
      cooldownEpochs: 4,
      warmupEpochs: 2,
      minLr: 1e-4,
    },
  }),
  example("cosine-growing", "cosine", { epochs: 5, lrCycleLimit: 3, lrCycleMul: 2, warmupEpochs: 0 }),
  example(
    "cosine-updates",
    "cosine",
    { epochs: 6, schedOnUpdates: true, lrNoise: [2, 5], minLr: 1e-6 },
    { updatesPerEpoch: 13 },
  ),
  example("tanh", "tanh", { epochs: 25, minLr: 1e-6, warmupEpochs: 3, lrCycleLimit: 2, lrNoise: [30] }),
  example("tanh-ends", "tanh", { epochs: 20, lb: -4.5, ub: 2, warmupEpochs: 2 }),
  example("poly", "poly", { epochs: 25, power: 0.9, minLr: 1e-4, cooldownEpochs: 2 }),
  example("poly-decay", "poly", { epochs: 25, lrKDecay: 2, lrCycleLimit: 2, warmupEpochs: 0 }),
  example("plateau", "plateau", { epochs: 30, patienceEpochs: 3, warmupEpochs: 2 }),
  example(
    "plateau-metric",
    "plateau",
    { epochs: 26, patienceEpochs: 2, decayRate: 0.3, cooldownEpochs: 2, plateauThreshold: 1e-3, minLr: 1e-4 },
    { metric, groups: [0.5] },
  ),
  example(
    "plateau-loss",
    "plateau",
    { epochs: 24, patienceEpochs: 1, evalMetric: "loss", lrNoise: [8, 20] },
    { metric: loss },
  ),
  example(
    "plateau-absolute",
    "plateau",
    { epochs: 24, patienceEpochs: 1, thresholdMode: "abs", plateauThreshold: 0.2, warmupEpochs: 0 },
    { metric },
  ),
  example("constant", "constant", { epochs: 12, warmupEpochs: 4 }, { groups: [0.25] }),
  example("linear", "linear", { epochs: 15, minLr: 0.003, warmupPrefix: true }),
  example("linear-start", "linear", { epochs: 15, minLr: 0.0123, warmupEpochs: 0 }),
  example(
    "exponential",
    "exponential",
    { epochs: 20, decayEpochs: 1, decayRate: 0.8, minLr: 0.002 },
    { tolerance: 1e-15 },
  ),
  example(
    "onecycle",
    "onecycle",
    { epochs: 21, warmupEpochs: 0, schedOnUpdates: true },
    { tolerance: 1e-15 },
  ),
  example(
    "onecycle-warmup",
    "onecycle",
    { epochs: 20, warmupEpochs: 3, warmupPrefix: true },
    { tolerance: 1e-15 },
  ),
  example(
    "onecycle-own",
    "onecycle",
    { epochs: 20, warmupEpochs: 0, pctStart: 0.25, divFactor: 10, finalDivFactor: 100, anneal: "linear" },
    { tolerance: 1e-15 },
  ),
  example(
    "wsd-cosine",
    "wsd",
    { epochs: 20, decayEpochs: 9, decayShape: "cosine", minLr: 1e-4 },
    { tolerance: 1e-15 },
  ),
  example("wsd", "wsd", { epochs: 20, warmupEpochs: 2, minLr: 1e-5, cooldownEpochs: 3 }),
  example("wsd-long", "wsd", { epochs: 200, decayEpochs: 90 }),
  example("wsd-noise", "wsd", {
    epochs: 20,
    decayEpochs: 6,
    lrNoise: [2, 18],
    lrNoiseStd: 0.1,
    warmupEpochs: 4,
  }),
  example("invsqrt", "invsqrt", { epochs: 20, warmupEpochs: 4, schedOnUpdates: true }),
];
