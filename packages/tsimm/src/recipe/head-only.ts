/** `--head-only`: the classifier is trained on features that are computed once. */
import { createDecodePool } from "../data/decode-pool.ts";
import {
  createFeatureLoader,
  createFeatureValidation,
  featureRows,
} from "../data/features/feature-loader.ts";
import { createFeatureStore, type FeatureStore } from "../data/features/feature-store.ts";
import { createLoader } from "../data/loader.ts";
import { type SplitModel, splitHead } from "../models/frozen/split-head.ts";
import type { Engine } from "../runtime/engine.ts";
import { createEvaluation, type Evaluation } from "../runtime/evaluation-step.ts";
import { createUpdater, type Updater } from "../update/updater.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import { augmentationsLeftOut } from "./head-only-flags.ts";
import type { Log } from "./log.ts";
import {
  evaluationTransformOf,
  type TrainingData,
  type TrainingLoaders,
  trainingTransformOf,
} from "./open-data.ts";
import type { ModelParts } from "./prepare-model.ts";

/** A run that trains the classifier alone. */
export interface HeadOnly {
  /** Loaders of features; they need {@link HeadOnly.createUpdater} first. */
  readonly loaders: TrainingLoaders;
  /** Compiles the frozen part, and makes the updater of the classifier. */
  createUpdater(engine: Engine): Promise<Updater>;
}

/** Images whose features are computed together. */
const chunk = 32;

/** Makes the loaders of features, and says what they are of. */
export async function prepareHeadOnly(
  { training, validation }: TrainingData,
  args: TrainArguments,
  { model, task, optimizer, average, frozen, dataConfig }: ModelParts,
  { info, warn }: Log,
): Promise<HeadOnly> {
  const { inputSize, mean, std } = dataConfig;
  const { seed, batchSize, featureCrops, noAug, maxBadImages, threads, clipGrad, clipMode } = args;
  const [, height, width] = inputSize;
  const parts = fromFlags("train", args, () => splitHead(model, { height, width }));
  const isAugmented = featureCrops !== null || noAug;
  const crops = featureCrops ?? 1;
  const hflip = isAugmented ? 0 : args.hflip;
  const evaluation = evaluationTransformOf(dataConfig);
  const store = await createFeatureStore({
    rows: featureRows(training, { crops, hflip }),
    width: parts.features,
  });
  const pool = createDecodePool(args.workers);
  const shared = { seed, pool, maxBadImages, onWarning: warn };
  const extractor = new Extractor();
  const compute = (images: Uint8Array, count: number) => extractor.run(images, count);
  const loaders = fromFlags("train", args, () => ({
    trainLoader: createFeatureLoader(training, {
      ...{ batchSize, crops, hflip, seed, width: parts.features, store, compute },
      sampling: args.balancedSampling ? "balanced" : "shuffle",
      images: createLoader(training, {
        ...shared,
        batchSize: Math.min(chunk, training.samples.length),
        transform: isAugmented ? trainingTransformOf(args, dataConfig) : evaluation,
      }),
    }),
    valLoader:
      validation === null
        ? null
        : createFeatureValidation(
            createLoader(validation, {
              ...shared,
              batchSize: args.validationBatchSize ?? batchSize,
              transform: evaluation,
            }),
            parts.features,
            compute,
          ),
  }));
  for (const line of linesOf(args, parts, store, hflip)) info(line);
  return {
    loaders: {
      ...loaders,
      async close() {
        await pool.close();
        await extractor.close();
        await store.close();
      },
    },
    async createUpdater(engine) {
      const ofThreads = threads === null ? {} : { threads };
      const images = Math.min(chunk, Math.max(training.samples.length, validation?.samples.length ?? 0));
      extractor.open(
        await createEvaluation(engine, parts.backbone, {
          ...{ batchSize: images, height, width, input: "uint8", mean, std },
          ...ofThreads,
        }),
        images,
      );
      return await createUpdater(engine, {
        ...{ model: parts.head, optimizer, average, frozen, loss: task.loss, seed, clipGrad, clipMode },
        ...{ batchSize, height: 1, width: 1, input: "float32", ...ofThreads },
      });
    },
  };
}

/** Runs the frozen part over images, some at a time. */
class Extractor {
  #evaluation: Evaluation | null = null;
  #batchSize = 1;
  /** The run before, since an evaluation pads in one place. */
  #last: Promise<unknown> = Promise.resolve();

  open(evaluation: Evaluation, batchSize: number): void {
    this.#evaluation = evaluation;
    this.#batchSize = batchSize;
  }

  async run(images: Uint8Array, count: number): Promise<Float32Array> {
    const result = this.#last.then(() => this.#run(images, count));
    this.#last = result.catch(() => {});
    return await result;
  }

  async #run(images: Uint8Array, count: number): Promise<Float32Array> {
    if (this.#evaluation === null) throw new Error("prepareHeadOnly: the updater must be created first");
    const bytes = images.length / count;
    const parts: Float32Array[] = [];
    for (let first = 0; first < count; first += this.#batchSize) {
      const size = Math.min(this.#batchSize, count - first);
      const pixels = images.subarray(first * bytes, (first + size) * bytes);
      parts.push(await this.#evaluation.run(pixels, size));
    }
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const part of parts) {
      all.set(part, offset);
      offset += part.length;
    }
    return all;
  }

  async close(): Promise<void> {
    await this.#evaluation?.close();
    this.#evaluation = null;
  }
}

/** What is computed, where it is kept, and which augmentation does not apply. */
function linesOf(
  args: TrainArguments,
  { features }: SplitModel,
  { bytes, location }: FeatureStore,
  hflip: number,
): string[] {
  const { featureCrops, noAug } = args;
  const mirrored = hflip > 0 ? " and its mirror image" : "";
  const crops = featureCrops === null ? `its ${noAug ? "centre" : "evaluation"} crop${mirrored}` : null;
  const of = crops ?? `${featureCrops} augmented crop${featureCrops === 1 ? "" : "s"} of it`;
  const size = `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const where = location === "memory" ? "in memory" : "in a temporary file of the cache folder";
  const kept = `Head only: ${features} features of each image, computed once for ${of}; at most ${size} ${where}`;
  const left = augmentationsLeftOut(args);
  if (left.length === 0) return [kept];
  const cure = featureCrops === null && !noAug ? "; --feature-crops N trains on N augmented crops" : "";
  return [kept, `Augmentation that does not apply to features: ${left.join(", ")}${cure}`];
}
