/** The demo: what a run without a data folder is. */
import type { TrainArguments } from "./arguments.ts";
import { isGiven } from "./given.ts";
import { isOnnxPath } from "./onnx-path.ts";

/** About a minute on two cores, 86 % top-1. */
const DEMO: Partial<TrainArguments> = {
  model: "test_resnet",
  imgSize: 32,
  batchSize: 32,
  opt: "adamw",
  lr: 0.003,
  weightDecay: 0.05,
  sched: "step",
  epochs: 15,
  warmupEpochs: 2,
  decayEpochs: 6,
  decayRate: 0.2,
  scale: [0.7, 1],
  hflip: 0,
  colorJitter: 0,
  logInterval: 20,
  workers: 1,
};

/** Settings of the demo that make no sense beside others that were given. */
const GIVES_WAY: Partial<Record<keyof TrainArguments, readonly (keyof TrainArguments)[]>> = {
  imgSize: ["inputSize"],
  // They fit AdamW.
  lr: ["opt", "lrBase", "lrBaseSize", "lrBaseScale"],
  weightDecay: ["opt"],
};

/**
 * Settings that take the place of the defaults where there is no data folder, those of ImageNet being of hours.
 *
 * @param given - Explicit arguments, which win.
 */
export function demoArguments(given: Partial<TrainArguments>): Partial<TrainArguments> {
  const free = Object.entries(DEMO).filter(
    ([name]) =>
      !isGiven(given, name) &&
      // The size of a file's images is its own.
      !(name === "imgSize" && isOnnxPath(given.model ?? "")) &&
      !(GIVES_WAY[name as keyof TrainArguments] ?? []).some((other) => isGiven(given, other)),
  );
  return Object.fromEntries(free);
}
