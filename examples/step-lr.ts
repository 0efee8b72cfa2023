/**
 * timm's tutorial on StepLRScheduler, call by call, in TypeScript.
 *
 * Run it with `npm run example:step-lr`; the figures go to output/examples/step-lr.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Scheduler, StepLRScheduler } from "@tsimm/scheduler";
import { createModel, createOptimizer, type Figure, figureToSvg, learningRateFigure, svgToPng } from "tsimm";

const folder = join("output", "examples", "step-lr");
await mkdir(folder, { recursive: true });

// A model, and an optimizer whose learning rate the scheduler drives.
const model = createModel("resnet34");
const optimizer = createOptimizer({ opt: "adam", lr: 1e-4, weightDecay: 0, momentum: 0.9 }, model);

const numEpochs = 50;

/** What the scheduler plans for each epoch: the rate of the first parameter group, or null. */
function lrPerEpoch(scheduler: Scheduler): (number | null)[] {
  return Array.from({ length: numEpochs }, (_, epoch) => scheduler.getEpochValues(epoch)?.[0] ?? null);
}

// 1. A drop every 5 epochs. decayRate 1 drops by nothing: the rate stays where it is.
const flat = lrPerEpoch(new StepLRScheduler(optimizer, { decayT: 5, decayRate: 1 }));
show("decayRate 1", flat);
await save(
  "decay-rate-1",
  learningRateFigure([{ label: "", rates: flat }], { title: "decayT 5, decayRate 1" }),
);

// 2. decayRate 0.5 halves it.
const halved = lrPerEpoch(new StepLRScheduler(optimizer, { decayT: 5, decayRate: 0.5 }));
show("decayRate 0.5", halved);
await save(
  "decay-rate-0.5",
  learningRateFigure([{ label: "", rates: halved }], { title: "decayT 5, decayRate 0.5" }),
);

// 3. All in one plot.
const gentle = lrPerEpoch(new StepLRScheduler(optimizer, { decayT: 5, decayRate: 0.8 }));
show("decayRate 0.8", gentle);
await save(
  "decay-rates",
  learningRateFigure(
    [
      { label: "decayRate 1", rates: flat },
      { label: "decayRate 0.8", rates: gentle },
      { label: "decayRate 0.5", rates: halved },
    ],
    { title: "Step decay every 5 epochs" },
  ),
);

// 4. A warm-up of 2 epochs from 1e-5 covers the first epochs of the schedule.
const warm = lrPerEpoch(
  new StepLRScheduler(optimizer, { decayT: 5, decayRate: 0.8, warmupT: 2, warmupLrInit: 1e-5 }),
);
show("warmupT 2", warm);
await save(
  "warm-up",
  learningRateFigure(
    [
      { label: "no warm-up", rates: gentle },
      { label: "warmupT 2", rates: warm, dashed: true },
    ],
    { title: "With and without warm-up from 1e-5" },
  ),
);

// 5. With tInEpochs false, t counts updates: a question about epochs has no answer.
const byUpdate = new StepLRScheduler(optimizer, { decayT: 5, tInEpochs: false });
show("tInEpochs false, getEpochValues", lrPerEpoch(byUpdate));
show(
  "tInEpochs false, getUpdateValues",
  [0, 1, 2, 3, 4].map((n) => byUpdate.getUpdateValues(n)?.[0] ?? null),
);

// 6. Noise from epoch 10 up to 40. getEpochValues tells the schedule alone; step adds the noise.
const noisy = new StepLRScheduler(optimizer, {
  decayT: 5,
  decayRate: 0.8,
  noiseRangeT: [10, 40],
  noisePct: 0.67,
  noiseStd: 1,
  noiseSeed: 42,
});
const withNoise = Array.from({ length: numEpochs }, (_, epoch) => {
  noisy.step(epoch);
  return optimizer.paramGroups[0]?.lr ?? null;
});
show("noise, epochs 9 to 13", withNoise.slice(9, 14));
await save(
  "noise",
  learningRateFigure(
    [
      { label: "with noise", rates: withNoise },
      { label: "schedule", rates: gentle, dashed: true },
    ],
    { title: "Noise from epoch 10 up to 40, seed 42" },
  ),
);

// 7. The first scheduler stored each group's rate as initialLr (initialize, true by default). All later ones
//    started from that, not from the rate an earlier one left behind. initialize false insists on it.
const [group] = optimizer.paramGroups;
console.log(`lr ${group?.lr}, initialLr ${group?.initialLr}`);
show("initialize false", lrPerEpoch(new StepLRScheduler(optimizer, { decayT: 5, initialize: false })));
try {
  new StepLRScheduler({ paramGroups: [{ lr: 1e-4 }] }, { decayT: 5, initialize: false });
} catch (error) {
  console.log(`initialize false without initialLr: ${error instanceof Error ? error.message : error}`);
}

console.log(`
Figures: ${folder}
Train with it: npx tsimm train <folder of images> --model resnet34 --opt adam --lr 1e-4 --sched step --decay-epochs 5 --decay-rate 0.8 --warmup-epochs 2 --warmup-lr 1e-5 --epochs 50`);

/** Prints the first rates of a schedule. */
function show(name: string, rates: readonly (number | null)[]): void {
  const first = rates.slice(0, 12).map((rate) => String(rate));
  console.log(`${name}: ${first.join(", ")}${rates.length > first.length ? ", …" : ""}`);
}

/** Writes a figure as SVG and PNG. */
async function save(name: string, figure: Figure): Promise<void> {
  const svg = figureToSvg(figure);
  await writeFile(join(folder, `${name}.svg`), svg);
  await writeFile(join(folder, `${name}.png`), await svgToPng(svg));
}
