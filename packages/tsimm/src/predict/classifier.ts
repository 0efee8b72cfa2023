/** A trained classifier, ready for image files. */
import { encodeModel, prependNormalization } from "@tsimm/autodiff";
import { z } from "zod";
import { decodeImage } from "../data/decode.ts";
import { evaluationTransform } from "../data/transforms/evaluation-transform.ts";
import { readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import { decodeClassifier, encodeClassifier } from "../models/onnx-file.ts";
import { createModel } from "../models/registry.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import type { Engine } from "../runtime/engine.ts";
import { softmax } from "../train/metrics.ts";
import { dataConfigSchema } from "../train/run-state.ts";
import { loadState } from "../weights/load-state.ts";
import { decodeSafetensors } from "../weights/safetensors.ts";

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

/**
 * Loads a classifier with its preprocessing and class names.
 *
 * @param path - A `model.onnx` or `<role>.safetensors` file that training wrote.
 * @throws Error if the file cannot be read or is none of these.
 */
export async function loadClassifier(path: string, engine: Engine): Promise<Classifier> {
  const bytes = await readRegularFile(path, { limit: WEIGHTS_LIMIT });
  const { graph, architecture, classNames, dataConfig } = decodeClassifier(
    path.endsWith(".safetensors") ? fromWeights(bytes) : bytes,
  );
  const { mean, std } = dataConfig;
  const session = await engine.load(encodeModel(prependNormalization(graph, { input: "input", mean, std })));
  const [channels, height, width] = dataConfig.inputSize;
  const transform = evaluationTransform(dataConfig);
  const unused = keyedRandom(0, "augment");
  return {
    architecture,
    classNames,
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

function fromWeights(bytes: Uint8Array): Uint8Array {
  const { tensors: weights, metadata } = decodeSafetensors(bytes);
  const entry = weightsEntry.safeParse(JSON.parse(metadata["tsimm"] ?? "null"));
  if (!entry.success)
    throw new Error(
      "loadClassifier: the file must be one that tsimm train wrote, but its tsimm entry is missing",
    );
  const { arch, numClasses, inChans, classNames, dataConfig } = entry.data;
  const model = createModel(arch, { numClasses, inChans, imgSize: dataConfig.inputSize[1] });
  loadState(model, weights);
  return encodeClassifier({ model, weights, classNames, dataConfig });
}
