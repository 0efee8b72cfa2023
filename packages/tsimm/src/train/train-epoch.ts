/** One pass over the training images. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Batch } from "../data/batch.ts";
import { drawMixing, type MixedBatch, mixBatch } from "../data/mixup.ts";
import { trainLine } from "../listeners/log-format.ts";
import type { Parameter } from "../models/model.ts";
import { clipGradients, globalNorm } from "../optim/clip.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { meanLr, type Run } from "./run.ts";

/**
 * Trains from where `run.progress` stands to the end of the epoch.
 *
 * In each update: gradients of up to `gradAccumSteps` batches, clip, optimizer, moving average, log line,
 * scheduler, recovery checkpoint.
 *
 * @param saveRecovery - Writes a recovery checkpoint.
 * @returns Whether the end was reached; false when the run's signal asked to stop.
 * @throws Error that names the update, the rate and the gradient norm if the loss or a gradient is not finite.
 */
export async function trainEpoch(run: Run, saveRecovery: () => Promise<void>): Promise<boolean> {
  const { args, optimizer, trainLoader, progress, signal } = run;
  const meter = new SpeedMeter();
  let pending: Batch[] = [];
  for await (const batch of trainLoader.batches(progress.epoch, progress.batch)) {
    pending.push(batch);
    const groupEnd = progress.batch + pending.length;
    if (pending.length < args.gradAccumSteps && groupEnd < trainLoader.length) continue;
    await update(run, pending, meter);
    progress.batch = groupEnd;
    pending = [];
    const isLast = groupEnd >= trainLoader.length;
    if (isLast) optimizer.syncLookahead?.();
    const done = Math.ceil(groupEnd / args.gradAccumSteps);
    if (args.recoveryInterval > 0 && done % args.recoveryInterval === 0) await saveRecovery();
    // Lets messages in, a wish to stop among them.
    await nextTurn();
    if (signal.aborted && !isLast) return false;
  }
  return true;
}

async function update(run: Run, batches: readonly Batch[], meter: SpeedMeter): Promise<void> {
  const { args, model, optimizer, progress, scheduler, ema, reporter } = run;
  const loss = await gradients(run, batches);
  const norm =
    args.clipGrad === null
      ? globalNorm(model.parameters)
      : clipGradients(model.parameters, { clipGrad: args.clipGrad, clipMode: args.clipMode });
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw diverged(run, loss, norm);
  optimizer.step();
  progress.update += 1;
  ema?.update(progress.update);

  const images = batches.reduce((sum, { size }) => sum + size, 0);
  progress.running.loss += loss * images;
  progress.running.images += images;
  const waited = batches.reduce((sum, batch) => sum + (batch.waited ?? 0), 0);
  meter.add(images, waited);
  run.clock.addUpdate(meter.line().time);
  const meanLoss = progress.running.loss / progress.running.images;
  const index = Math.floor(progress.batch / args.gradAccumSteps);
  const lr = meanLr(optimizer);
  if (index % args.logInterval === 0 || index === run.updatesPerEpoch - 1) {
    reporter.interval(
      trainLine({
        epoch: progress.epoch,
        index,
        updates: run.updatesPerEpoch,
        loss,
        meanLoss,
        lr,
        ...meter.line(),
      }),
    );
  }
  const position = { epoch: progress.epoch, updatesDone: index + 1 };
  const estimate = run.clock.firstEstimate(position);
  if (estimate !== null) reporter.info(estimate);
  reporter.progress({
    phase: "train",
    epoch: progress.epoch,
    epochs: run.numEpochs,
    done: index + 1,
    total: run.updatesPerEpoch,
    loss: meanLoss,
    lr,
    imagesPerSecond: meter.imagesPerSecond,
    secondsLeft: run.clock.secondsLeft(position),
  });
  scheduler.stepUpdate(progress.update, meanLoss);
}

/** Fills every `grad` with the mean gradient over the batches; returns their mean loss. */
async function gradients(run: Run, batches: readonly Batch[]): Promise<number> {
  const { model, step, progress } = run;
  const share = 1 / batches.length;
  let loss = 0;
  let sums: (Float32Array | null)[] = [];
  for (const [index, batch] of batches.entries()) {
    const { images, targets } = mix(run, batch, index);
    loss += share * (await step.run(images, targets, [progress.update, index])).loss;
    if (batches.length > 1) sums = accumulate(model.parameters, sums, share);
  }
  if (batches.length > 1) {
    for (const [i, parameter] of model.parameters.entries()) parameter.grad = sums[i] ?? null;
  }
  return loss;
}

/** Mixup or CutMix by the arguments, and the targets of what comes out. */
function mix({ args, model, dataConfig, progress }: Run, batch: Batch, index: number): MixedBatch {
  const off = args.mixupOffEpoch > 0 && progress.epoch >= args.mixupOffEpoch;
  const [, height, width] = dataConfig.inputSize;
  const mixing = drawMixing(
    {
      mixup: off ? 0 : args.mixup,
      cutmix: off ? 0 : args.cutmix,
      cutmixMinmax: off ? undefined : (args.cutmixMinmax ?? undefined),
      mixupProb: args.mixupProb,
      mixupSwitchProb: args.mixupSwitchProb,
    },
    { height, width },
    keyedRandom(args.seed, "mix", progress.update, index),
  );
  const { images, labels, size } = batch;
  if (!(images instanceof Uint8Array && labels instanceof Int32Array)) throw new TypeError("mix: bytes only");
  return mixBatch(
    { images, labels, size },
    {
      ...mixing,
      width,
      height,
      numClasses: model.numClasses,
      smoothing: args.smoothing,
    },
  );
}

function accumulate(
  parameters: readonly Parameter[],
  sums: readonly (Float32Array | null)[],
  share: number,
): (Float32Array | null)[] {
  return parameters.map(({ grad }, i) => {
    const sum = sums[i] ?? (grad === null ? null : new Float32Array(grad.length));
    if (grad === null || sum === null) return sum;
    for (let k = 0; k < grad.length; k++) sum[k] = (sum[k] as number) + share * (grad[k] as number);
    return sum;
  });
}

function diverged({ progress, optimizer }: Run, loss: number, norm: number): Error {
  const kept = progress.rows.length > 0 ? ". The last checkpoint is kept" : "";
  return new Error(
    `train: the loss must be finite, got loss ${loss} and gradient norm ${norm} at update ${progress.update} ` +
      `(epoch ${progress.epoch}, learning rate ${meanLr(optimizer)}); lower --lr, lengthen --warmup-epochs or set ` +
      `--clip-grad 1${kept}`,
  );
}

/** Time and speed of updates, of the last one and on average. */
class SpeedMeter {
  #updates = 0;
  #images = 0;
  #seconds = 0;
  #waited = 0;
  #last = { images: 0, seconds: 0, waited: 0 };
  #started = performance.now();

  add(images: number, waited: number): void {
    const now = performance.now();
    this.#last = { images, seconds: (now - this.#started) / 1000, waited };
    this.#started = now;
    this.#updates += 1;
    this.#images += images;
    this.#seconds += this.#last.seconds;
    this.#waited += waited;
  }

  get imagesPerSecond(): number {
    return this.#images / this.#seconds;
  }

  line(): {
    images: number;
    meanImages: number;
    time: number;
    meanTime: number;
    data: number;
    meanData: number;
  } {
    const { images, seconds, waited } = this.#last;
    return {
      images,
      meanImages: this.#images / this.#updates,
      time: seconds,
      meanTime: this.#seconds / this.#updates,
      data: waited,
      meanData: this.#waited / this.#updates,
    };
  }
}
