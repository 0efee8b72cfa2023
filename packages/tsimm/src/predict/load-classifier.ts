/** Loads a trained model from a file. */

import { decodeImage } from "../data/decode.ts";
import { ONNX_LIMIT, readRegularFile } from "../files/read-file.ts";
import { decodeClassifier } from "../models/onnx-file.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "../runtime/engine.ts";
import { checkPart } from "../train/check-parts.ts";
import { isWeightsName } from "../weights/weights-file-name.ts";
import { type Classifier, createClassifier } from "./classifier.ts";
import { checkAverage, checkBytes, type LoadClassifierOptions } from "./load-in-page.ts";
import { imageOfPixels, isPixels } from "./pixels.ts";
import { readDescribedWeights } from "./read-described-weights.ts";
import { classifierOfWeights } from "./weights-classifier.ts";

/**
 * Loads a trained model with its preprocessing, the names of its outputs and its task. Where there is a moving average
 * of the weights, in the file or in `<role>.ema.safetensors` beside it, that is taken.
 *
 * @param source - Path of a `model.onnx`, `<role>.safetensors` or `<role>.resume.safetensors` file that training wrote, of
 * a checkpoint that timm's train.py wrote, or of what `exportOnnx` gave; or the bytes of an `.onnx` file.
 * @param options - Which weights.
 * @throws Error if the file cannot be read or is none of these, names a model or task that is not registered, or holds an
 * average alone where the plain weights are asked for.
 * @example
 * const bytes = exportOnnx(createModel("test_resnet", { numClasses: 2 }), { classNames: ["cat", "dog"] });
 * const classifier = await loadClassifier(bytes, await createEngine());
 * const image = { width: 40, height: 30, channels: 3, data: new Uint8Array(40 * 30 * 3) };
 * const [best] = await classifier.classify(image);
 * classifier.classNames.includes(best.label); // => true
 * await classifier.close();
 */
export async function loadClassifier(
  source: string | Uint8Array,
  engine: Engine,
  options: LoadClassifierOptions = {},
): Promise<Classifier> {
  checkOptionNames("loadClassifier", options, { average: true });
  checkPart("loadClassifier", "engine", engine);
  const { path, file } = typeof source === "string" ? await readSource(source, options) : ofBytes(source);
  checkAverage(path === null ? "the bytes" : `"${path}"`, file, options);
  return await createClassifier<Parameters<Classifier["classify"]>[0]>(engine, file, {
    path,
    open(where, image, channels) {
      if (image instanceof Uint8Array) return decodeImage(image, channels);
      if (isPixels(image)) return imageOfPixels(where, image, channels);
      throw new TypeError(
        `${where}: image must be the bytes of an image file or pixels { width, height, data }, got ${typeof image}`,
      );
    },
  });
}

type Source = { readonly path: string | null; readonly file: ReturnType<typeof decodeClassifier> };

function ofBytes(bytes: unknown): Source {
  checkBytes(bytes, "give these bytes, or the path of a file");
  return { path: null, file: decodeClassifier(bytes) };
}

async function readSource(path: string, options: LoadClassifierOptions): Promise<Source> {
  if (!isWeightsName(path)) {
    return { path, file: decodeClassifier(await readRegularFile(path, { limit: ONNX_LIMIT })) };
  }
  const weights = await readDescribedWeights(path, options);
  return { path: weights.path, file: classifierOfWeights(weights) };
}
