/** A trained classifier, ready for image files. */
import { encodeModel, prependNormalization } from "@tsimm/autodiff";
import { z } from "zod";
import { type ReadWeights, readWeights } from "../checkpoint/read-weights.ts";
import { dataConfigSchema } from "../checkpoint/run-state.ts";
import { decodeImage } from "../data/decode.ts";
import { evaluationTransform } from "../data/transforms/evaluation-transform.ts";
import { readRegularFile } from "../files/read-file.ts";
import { decodeClassifier, encodeClassifier } from "../models/onnx-file.ts";
import { createModel } from "../models/registry.ts";
import { checkOptionNames } from "../option-names.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import type { Engine } from "../runtime/engine.ts";
import { softmax } from "../task/metrics.ts";
import { loadState } from "../weights/load-state.ts";

/** Probability of a class. */
export interface Prediction {
  readonly label: string;
  /** In [0, 1]. */
  readonly prob: number;
}

/** Classifies image files. */
export interface Classifier {
  readonly architecture: string;
  readonly classNames: readonly string[];
  /** Whether the weights are a moving average. */
  readonly average: boolean;
  /** The file that holds the weights. */
  readonly path: string;
  /**
   * @param file - The bytes of a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF file.
   * @param topk - How many classes to give, at least 1.
   * @returns The most probable classes, best first.
   * @throws Error if the bytes are no image.
   */
  classify(file: Uint8Array, topk?: number): Promise<Prediction[]>;
  /** Releases the native memory; nothing runs afterwards. */
  close(): Promise<void>;
}

/** Options of {@link loadClassifier}. */
export interface LoadClassifierOptions {
  /** false: the plain weights, also where there is a moving average. */
  readonly average?: boolean;
}

/** Largest `.onnx` file: a protobuf message holds less than 2 GiB. */
const LIMIT = 2 ** 31;

/**
 * Loads a classifier with its preprocessing and class names. Where there is a moving average of the weights, in the
 * file or in `<role>.ema.safetensors` beside it, that is taken.
 *
 * @param path - A `model.onnx`, `<role>.safetensors` or `<role>.resume.safetensors` file that training wrote.
 * @param options - Which weights.
 * @throws Error if the file cannot be read or is none of these, or holds an average alone where the plain weights are
 * asked for.
 */
export async function loadClassifier(
  path: string,
  engine: Engine,
  options: LoadClassifierOptions = {},
): Promise<Classifier> {
  checkOptionNames("loadClassifier", options, { average: true });
  const weights = path.endsWith(".safetensors") ? await readWeights(path, options) : null;
  const { graph, architecture, classNames, dataConfig, average } = decodeClassifier(
    weights === null ? await readRegularFile(path, { limit: LIMIT }) : fromWeights(weights),
  );
  if (average && options.average === false) {
    throw new Error(
      `"${path}" must hold plain weights, got the moving average; the plain ones are in model_best.resume.safetensors`,
    );
  }
  const { mean, std } = dataConfig;
  const session = await engine.load(encodeModel(prependNormalization(graph, { input: "input", mean, std })));
  const [channels, height, width] = dataConfig.inputSize;
  const transform = evaluationTransform(dataConfig);
  const unused = keyedRandom(0, "augment");
  return {
    architecture,
    classNames,
    average,
    path: weights?.path ?? path,
    async classify(file, topk = 1) {
      const { data } = transform(await decodeImage(file, channels === 1 ? 1 : 3), unused);
      const input = { dtype: "uint8" as const, shape: [1, height, width, channels], data };
      const { logits } = await session.run({ input });
      if (!(logits?.data instanceof Float32Array)) throw new Error("classify: the model gave no logits");
      return [...softmax(logits.data)]
        .map((prob, index) => ({ label: classNames[index] ?? String(index), prob }))
        .sort((a, b) => b.prob - a.prob)
        .slice(0, topk);
    },
    close: () => session.close(),
  };
}

const weightsEntry = z.object({
  arch: z.string(),
  numClasses: z.number(),
  inChans: z.number(),
  classNames: z.array(z.string()),
  dataConfig: dataConfigSchema,
});

function fromWeights({ tensors: weights, metadata, average }: ReadWeights): Uint8Array {
  const entry = weightsEntry.safeParse(JSON.parse(metadata["tsimm"] ?? "null"));
  if (!entry.success)
    throw new Error(
      "loadClassifier: the file must be one that tsimm train wrote, but its tsimm entry is missing",
    );
  const { arch, numClasses, inChans, classNames, dataConfig } = entry.data;
  const model = createModel(arch, { numClasses, inChans, imgSize: dataConfig.inputSize[1] });
  loadState(model, weights);
  return encodeClassifier({ model, weights, classNames, dataConfig, average });
}
