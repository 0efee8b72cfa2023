/** The worker: trains a model, and tells the page of every update. A run of the engine occupies this thread only. */
import { StepLRScheduler } from "@tsimm/scheduler";
import {
  createEvaluation,
  createModel,
  createOptimizer,
  createTrainingStep,
  denseTargets,
  wasmEngine,
} from "tsimm/browser";
import type { Command, Report } from "./messages.ts";
import { classNames, createRandom, drawShape, pixelBatch, side } from "./shapes.ts";

const numUpdates = 300;
const batchSize = 32;
const numClasses = classNames.length;

let running = false;
let wake = () => {};

addEventListener("message", ({ data }: MessageEvent<Command>) => {
  running = data === "start";
  wake();
});

train().catch((error: unknown) => report({ type: "failed", message: String(error) }));

async function train(): Promise<void> {
  // Without isolation there is no shared memory, hence no second thread.
  const threads = crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
  const engine = await wasmEngine({ threads });

  const model = createModel("test_resnet", { numClasses });
  const optimizer = createOptimizer({ opt: "adamw", lr: 4e-3, weightDecay: 0.05, momentum: 0.9 }, model);
  const scheduler = new StepLRScheduler(optimizer, {
    ...{ decayT: 100, decayRate: 0.25, tInEpochs: false },
    ...{ warmupT: 20, warmupLrInit: 4e-4 },
  });

  const { mean, std } = model.pretrainedCfg;
  const images = { height: side, width: side, input: "uint8", mean, std } as const;
  const step = await createTrainingStep(engine, model, { ...images, batchSize });

  const unseen = createRandom(1);
  const labels = Array.from({ length: 16 }, (_, i) => i % numClasses);
  const pictures = labels.map((label) => drawShape(label, unseen));
  const classify = async () => {
    const evaluation = await createEvaluation(engine, model, { ...images, batchSize: pictures.length });
    const logits = await evaluation.run(pixelBatch(pictures), pictures.length);
    await evaluation.close();
    const classes = labels.map((_, i) => largest(logits.subarray(i * numClasses, (i + 1) * numClasses)));
    report({ type: "predictions", classes });
  };

  const plan = Array.from({ length: numUpdates }, (_, t) => scheduler.getUpdateValues(t)?.[0] ?? 0);
  const numParameters = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
  report({ type: "ready", numParameters, threads, plan, classNames, pictures, labels });

  const random = createRandom(2);
  for (let update = 0; update < numUpdates; update++) {
    await turn();
    const start = performance.now();
    const batch = Array.from({ length: batchSize }, (_, i) => i % numClasses);
    const rate = optimizer.paramGroups[0]?.lr ?? 0;
    const { loss } = await step.run(
      pixelBatch(batch.map((label) => drawShape(label, random))),
      denseTargets(batch, numClasses, 0),
    );
    optimizer.step();
    scheduler.stepUpdate(update + 1);
    report({ type: "update", update: update + 1, loss, rate, milliseconds: performance.now() - start });
    if ((update + 1) % 20 === 0) await classify();
  }
  await step.close();
  report({ type: "done" });
}

/** Lets messages come in between two updates, and waits while the page has not started. */
async function turn(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve));
  while (!running) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

function largest(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0);
}

function report(message: Report): void {
  postMessage(message);
}
