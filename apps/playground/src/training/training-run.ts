/** A run in the worker: `fit` over a model, whose schedule, rate and optimizer change between epochs. */
import type { Scheduler } from "@tsimm/scheduler";
import {
  arrayLoader,
  type Batch,
  type BatchOutputs,
  classification,
  createModel,
  createOptimizer,
  createUpdater,
  type Engine,
  fit,
  type Listener,
  type Loader,
  type Model,
  type Optimizer,
  type RunHandle,
  type TrainingEvent,
  type TrainingProgress,
  type Updater,
} from "tsimm/browser";
import { encodeModelFile } from "./encode-model-file.ts";
import type { ModelFormat, Report, RunRequest } from "./messages.ts";
import { Probe } from "./probe.ts";
import { createSchedule, MOMENTUM, planTraining, type TrainingSettings } from "./training-settings.ts";

/** Mean and standard deviation that pixels in [0, 1] are normalised with. */
const NORMALIZATION = 0.5;

/** A model in training. */
export class TrainingRun {
  readonly #request: RunRequest;
  readonly #engine: Engine;
  readonly #report: (report: Report) => void;
  readonly #model: Model;
  readonly #task: ReturnType<typeof classification.create>;
  readonly #loader: Loader;
  readonly #validation: Loader;
  readonly #probe: Probe;
  readonly #listener: Listener = { name: "page", on: (event, run) => this.#on(event, run) };
  #settings: TrainingSettings;
  /** Settings of the next epoch; null: as they are. */
  #next: TrainingSettings | null = null;
  #optimizer: Optimizer;
  #schedule: Scheduler;
  #epochs: number;
  #updater: Required<Updater> | null = null;
  #progress: TrainingProgress | null = null;
  #lastBatch: Batch | null = null;
  #confusion: number[] = [];
  #exports: ModelFormat[] = [];
  #isTraining = false;

  /**
   * @param request - Images and settings.
   * @param engine - Computes.
   * @param report - Receives what happens.
   * @throws RangeError for settings out of range.
   */
  constructor(request: RunRequest, engine: Engine, report: (report: Report) => void) {
    const { images, settings, batchSize } = request;
    const { classNames, channels, side } = images;
    this.#request = request;
    this.#engine = engine;
    this.#report = report;
    this.#settings = settings;
    this.#model = createModel("test_resnet", { numClasses: classNames.length, inChans: channels });
    this.#task = classification.create({ outputNames: classNames });
    const inputSize = [channels, side, side] as const;
    const { train, validation } = images;
    const training = arrayLoader({
      ...{ images: train.pixels, labels: train.labels, inputSize, batchSize, training: true },
    });
    this.#loader = {
      ...training,
      batches: (epoch, first) => this.#remembered(training.batches(epoch, first)),
    };
    this.#validation = arrayLoader({
      ...{ images: validation.pixels, labels: validation.labels, inputSize },
      batchSize: Math.min(100, validation.labels.length),
    });
    this.#probe = new Probe(request);
    this.#optimizer = this.#createOptimizer(settings);
    const { scheduler, numEpochs } = createSchedule(settings, this.#optimizer);
    this.#schedule = scheduler;
    this.#epochs = numEpochs;
  }

  /** Compiles the training step. */
  async open(): Promise<void> {
    await this.#openUpdater();
    const { run } = this.#request;
    const numParameters = this.#model.parameters.reduce((sum, { data }) => sum + data.length, 0);
    this.#report({ type: "opened", run, numParameters, updatesPerEpoch: this.#loader.length });
  }

  /** Settings from the next epoch on. */
  change(settings: TrainingSettings): void {
    this.#next = settings;
  }

  /** Trains to the end of the run or until the signal, from where it was stopped before. */
  async train(signal: AbortSignal): Promise<void> {
    this.#isTraining = true;
    try {
      while (await this.#applyNext()) {
        const result = await fit({
          updater: await this.#openUpdater(),
          ...{ loader: this.#loader, validation: this.#validation, task: this.#task, signal },
          ...{ epochs: this.#epochs, schedule: this.#schedule, listeners: [this.#listener] },
          onOutputs: (batch) => this.#count(batch),
          resume: this.#progress && { progress: this.#progress },
        });
        this.#progress = result.progress;
        if (result.outcome === "stopped") {
          this.#report({ type: "stopped", run: this.#request.run, isFinished: false });
          return;
        }
      }
      this.#report({ type: "stopped", run: this.#request.run, isFinished: true });
    } finally {
      this.#isTraining = false;
      await this.#exportAll(() => this.#updater?.store.read());
    }
  }

  /** Reports the present weights as a file, between two updates. */
  async export(format: ModelFormat): Promise<void> {
    this.#exports.push(format);
    if (!this.#isTraining) await this.#exportAll(() => this.#updater?.store.read());
  }

  /** Releases the engine's memory. */
  async close(): Promise<void> {
    await this.#updater?.close();
    this.#updater = null;
  }

  async #on(event: TrainingEvent, handle: RunHandle): Promise<void> {
    const { run } = this.#request;
    if (event.type === "updateDone") {
      const { update, loss, lr: rate, seconds } = event;
      this.#report({ type: "update", run, update, loss, rate, milliseconds: 1000 * seconds });
      await this.#exportAll(() => handle.readState());
      const { updatesPerEpoch } = event;
      if (this.#lastBatch && this.#updater && this.#probe.isDue(update, updatesPerEpoch)) {
        this.#report({
          type: "probe",
          run,
          update,
          ...(await this.#probe.run(this.#updater, this.#lastBatch)),
        });
      }
    }
    if (event.type === "epochDone" && event.row?.validation) {
      const { epoch, row } = event;
      const { loss, top1: accuracy = Number.NaN } = row.validation ?? { loss: Number.NaN };
      const confusion = this.#confusion;
      this.#confusion = [];
      this.#report({ type: "epoch", run, epoch, trainLoss: row.trainLoss, loss, accuracy, confusion });
      if (this.#next !== null) handle.stop("the settings change");
    }
  }

  /**
   * Takes up new settings where an epoch begins.
   *
   * @returns Whether an epoch follows.
   */
  async #applyNext(): Promise<boolean> {
    const { epoch = 0, batch = 0 } = this.#progress ?? {};
    const settings = this.#next;
    if (settings === null || batch > 0) return epoch < this.#epochs;
    if (epoch >= planTraining(settings).numEpochs) return false;
    this.#next = null;
    const before = this.#settings;
    const isNewOptimizer = settings.opt !== before.opt || settings.weightDecay !== before.weightDecay;
    if (isNewOptimizer) {
      await this.close();
      this.#optimizer = this.#createOptimizer(settings);
    }
    for (const group of this.#optimizer.paramGroups) {
      Object.assign(group, { lr: settings.lr, initialLr: settings.lr });
    }
    const { scheduler, numEpochs } = createSchedule(settings, this.#optimizer);
    if (epoch > 0) scheduler.step(epoch);
    this.#schedule = scheduler;
    this.#epochs = numEpochs;
    this.#settings = settings;
    this.#report({ type: "changed", run: this.#request.run, epoch, settings, isNewOptimizer });
    return true;
  }

  async #openUpdater(): Promise<Required<Updater>> {
    const { images, batchSize } = this.#request;
    this.#updater ??= await createUpdater(this.#engine, {
      ...{ model: this.#model, optimizer: this.#optimizer, loss: this.#task.loss, batchSize },
      ...{ height: images.side, width: images.side, input: "uint8", ...this.#normalization() },
    });
    return this.#updater;
  }

  #normalization(): { readonly mean: readonly number[]; readonly std: readonly number[] } {
    const values = new Array<number>(this.#request.images.channels).fill(NORMALIZATION);
    return { mean: values, std: values };
  }

  #createOptimizer({ opt, lr, weightDecay }: TrainingSettings): Optimizer {
    return createOptimizer({ opt, lr, weightDecay, momentum: MOMENTUM }, this.#model);
  }

  async *#remembered(batches: AsyncIterable<Batch>): AsyncIterable<Batch> {
    for await (const batch of batches) {
      this.#lastBatch = batch;
      yield batch;
    }
  }

  #count({ outputs, labels, size }: BatchOutputs): void {
    const width = this.#request.images.classNames.length;
    if (this.#confusion.length === 0) this.#confusion = new Array<number>(width * width).fill(0);
    for (let i = 0; i < size; i++) {
      const row = outputs.subarray(i * width, (i + 1) * width);
      const place = Number(labels[i]) * width + row.indexOf(Math.max(...row));
      this.#confusion[place] = (this.#confusion[place] ?? 0) + 1;
    }
  }

  async #exportAll(read: () => Promise<unknown> | undefined): Promise<void> {
    if (this.#exports.length === 0) return;
    const formats = this.#exports;
    this.#exports = [];
    await read();
    const { images, run } = this.#request;
    for (const format of formats) {
      const bytes = encodeModelFile(this.#model, format, { ...images, ...this.#normalization() });
      this.#report({ type: "exported", run, format, bytes });
    }
  }
}
