/** The worker: trains a model with `fit` and tells the page of every update. A run of the engine occupies this thread only. */
import { StepLRScheduler } from "@tsimm/scheduler";
import {
  classification,
  createModel,
  createOptimizer,
  createUpdater,
  fit,
  generatorLoader,
  type Listener,
  type TrainingProgress,
} from "tsimm/browser";
import { chooseEngine } from "./choose-engine.ts";
import type { Command, Report } from "./messages.ts";
import { classNames, createRandom, drawShape, pixelBatch, side } from "./shapes.ts";

const epochs = 15;
const updatesPerEpoch = 20;
const batchSize = 32;

/** Ends the training that is under way. */
let stop = new AbortController();

startOnCommand().catch(fail);

async function startOnCommand(): Promise<void> {
  const train = await prepare();
  let training = Promise.resolve();
  addEventListener("message", ({ data }: MessageEvent<Command>) => {
    stop.abort();
    if (data === "stop") return;
    stop = new AbortController();
    const { signal } = stop;
    training = training.then(() => train(signal)).catch(fail);
  });
}

/** @returns Trains until the signal or the end, from where it was stopped before. */
async function prepare(): Promise<(signal: AbortSignal) => Promise<void>> {
  const { engine, description } = await chooseEngine(self.name);
  const model = createModel("test_resnet", { numClasses: classNames.length });
  const optimizer = createOptimizer({ opt: "adamw", lr: 4e-3, weightDecay: 0.05, momentum: 0.9 }, model);
  const schedule = new StepLRScheduler(optimizer, {
    ...{ decayT: 100, decayRate: 0.25, tInEpochs: false },
    ...{ warmupT: 20, warmupLrInit: 4e-4 },
  });
  const task = classification.create({ outputNames: classNames });
  const { mean, std } = model.pretrainedCfg;
  const images = { batchSize, height: side, width: side, input: "uint8", mean, std } as const;
  const updater = await createUpdater(engine, { model, optimizer, loss: task.loss, ...images });

  // New pictures for every batch; the same ones for the same epoch and batch.
  const loader = generatorLoader({
    ...{ length: updatesPerEpoch, batchSize, inputSize: [3, side, side] },
    *batches(epoch, firstBatch) {
      for (let batch = firstBatch; batch < updatesPerEpoch; batch++) {
        const random = createRandom(1000 + updatesPerEpoch * epoch + batch);
        const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classNames.length);
        yield { images: pixelBatch(Array.from(labels, (label) => drawShape(label, random))), labels };
      }
    },
  });

  const unseen = createRandom(1);
  const labels = Array.from({ length: 16 }, (_, i) => i % classNames.length);
  const pictures = labels.map((label) => drawShape(label, unseen));
  const page: Listener = {
    name: "page",
    async on(event) {
      if (event.type === "updateDone") {
        const { update, loss, lr: rate, seconds } = event;
        report({ type: "update", update, loss, rate, milliseconds: 1000 * seconds });
      }
      if (event.type !== "epochDone") return;
      const evaluation = await updater.createEvaluation("plain", pictures.length);
      const outputs = await evaluation.run(pixelBatch(pictures), pictures.length);
      await evaluation.close();
      const width = classNames.length;
      const answers = labels.map((_, i) => task.describe(outputs.subarray(i * width, (i + 1) * width), 1)[0]);
      report({
        type: "predictions",
        classes: answers.map((answer) => classNames.indexOf(answer?.label ?? "")),
      });
    },
  };

  const plan = Array.from(
    { length: epochs * updatesPerEpoch },
    (_, t) => schedule.getUpdateValues(t)?.[0] ?? 0,
  );
  const numParameters = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
  report({ type: "ready", numParameters, engine: description, plan, classNames, pictures, labels });

  let progress: TrainingProgress | null = null;
  return async (signal) => {
    const resume = progress && { progress };
    const result = await fit({
      ...{ updater, loader, task, epochs, schedule, signal, resume },
      listeners: [page],
    });
    progress = result.progress;
    if (result.outcome === "stopped") return;
    await updater.close();
    report({ type: "done" });
  };
}

function fail(error: unknown): void {
  report({ type: "failed", message: String(error) });
}

function report(message: Report): void {
  postMessage(message);
}
