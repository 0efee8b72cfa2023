/** What is compared between Node and a browser: plain data in, plain data out. */
import { camelKeys, type GoldenCase, type Replay, replay } from "../packages/scheduler/src/golden.fixture.ts";
import {
  CosineLRScheduler,
  MultiStepLRScheduler,
  PlateauLRScheduler,
  PolyLRScheduler,
  type Scheduler,
  StepLRScheduler,
  TanhLRScheduler,
} from "../packages/scheduler/src/index.ts";
import type { OptimizerLike } from "../packages/scheduler/src/param-groups.ts";
import { TorchGenerator } from "../packages/scheduler/src/random/normal.ts";

type Create = new (optimizer: OptimizerLike, options: never) => Scheduler;

const classes: Readonly<Record<string, Create>> = {
  step: StepLRScheduler,
  multistep: MultiStepLRScheduler,
  cosine: CosineLRScheduler,
  tanh: TanhLRScheduler,
  poly: PolyLRScheduler,
  plateau: PlateauLRScheduler,
};

/** A replay with its errors as text, or the error at construction. */
export type PlainReplay = (Omit<Replay, "errors"> & { errors: [number, string][] }) | { refused: string };

/** Drives the class of a golden case as timm's was driven. */
export function replayCase(golden: GoldenCase): PlainReplay {
  const Scheduler = classes[golden.scheduler];
  if (Scheduler === undefined) throw new Error(`no class for ${golden.scheduler}`);
  // timm stores noise_std and ignores it.
  const options = { ...camelKeys(golden.kwargs), ...(golden.noise && { noiseStd: 1 }) };
  try {
    const result = replay(golden, (optimizer) => new Scheduler(optimizer, options as never));
    return { ...result, errors: [...result.errors].map(([call, error]) => [call, String(error)]) };
  } catch (error) {
    return { refused: String(error) };
  }
}

/** What a golden draw holds. */
export interface Draw {
  readonly seed: string;
  readonly randn: number;
  readonly randn3: readonly number[];
  readonly rand: number;
}

/** Draws as torch did for this seed. */
export function draw(seed: string): Draw {
  const low = Number(BigInt.asUintN(32, BigInt(seed)));
  const generator = new TorchGenerator(low);
  const randn3 = [generator.normal(), generator.normal(), generator.normal()];
  return { seed, randn: randn3[0] ?? Number.NaN, randn3, rand: new TorchGenerator(low).uniform() };
}
