/** Loads an exported model where there is no file system. */
import { decodeClassifier } from "../models/onnx-file.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "../runtime/engine.ts";
import { type Classifier, createClassifier } from "./classifier.ts";
import { imageOfPixels, isPixels, type Pixels } from "./pixels.ts";

/** Options of {@link loadClassifier}. */
export interface LoadClassifierOptions {
  /** false: the plain weights, also where there is a moving average. */
  readonly average?: boolean;
}

/**
 * Loads an exported model with its preprocessing, the names of its outputs and its task. What `tsimm` exports under this
 * name does the same, and reads files and encoded images too; the numbers are the same.
 *
 * @param bytes - Content of a `model.onnx` that training or `exportOnnx` wrote.
 * @param options - Which weights.
 * @throws TypeError if these are no bytes; Error if they are no such file, or hold a moving average where the plain
 * weights are asked for.
 * @example
 * import { createModel, exportOnnx, loadClassifier, wasmEngine } from "tsimm/browser";
 *
 * const bytes = exportOnnx(createModel("test_resnet", { numClasses: 2 }), { classNames: ["cat", "dog"] });
 * const classifier = await loadClassifier(bytes, await wasmEngine());
 * const picture = { width: 40, height: 30, data: new Uint8ClampedArray(40 * 30 * 4) };
 * const predictions = await classifier.classify(picture, 2);
 * Math.round(predictions[0].prob + predictions[1].prob); // => 1
 * await classifier.close();
 */
export async function loadClassifier(
  bytes: Uint8Array,
  engine: Engine,
  options: LoadClassifierOptions = {},
): Promise<Classifier<Pixels>> {
  checkOptionNames("loadClassifier", options, { average: true });
  checkBytes(
    bytes,
    "fetch the file first: paths are read in Node alone, by the function of this name in tsimm",
  );
  const file = decodeClassifier(bytes);
  checkAverage("the bytes", file, options);
  return await createClassifier<Pixels>(engine, file, {
    path: null,
    open(where, image, channels) {
      if (isPixels(image)) return imageOfPixels(where, image, channels);
      throw new TypeError(
        `${where}: image must be pixels { width, height, data }, such as ImageData, got ${typeof image}; ` +
          "the bytes of image files are decoded in Node alone, in a page draw them on a canvas",
      );
    },
  });
}

/**
 * Refuses what is not the content of an ONNX file.
 *
 * @param cure - What to do about something that is no bytes.
 * @throws TypeError, or Error for the content of a safetensors file.
 */
export function checkBytes(bytes: unknown, cure: string): asserts bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array)) {
    const got = typeof bytes === "string" ? "text" : bytes === null ? "null" : typeof bytes;
    throw new TypeError(`loadClassifier: bytes of a model.onnx must be a Uint8Array, got ${got}; ${cure}`);
  }
  // A safetensors file begins with the length of its header, a 64-bit integer, and then JSON.
  if (bytes[8] === 0x7b && bytes[7] === 0 && bytes[6] === 0) {
    throw new Error(
      "loadClassifier: bytes must be of a model.onnx, got those of a .safetensors file; the run's model.onnx holds its best weights",
    );
  }
}

/**
 * Refuses a moving average where the plain weights are asked for.
 *
 * @param source - What holds them, for people.
 * @throws Error
 */
export function checkAverage(
  source: string,
  { average }: { readonly average: boolean },
  options: LoadClassifierOptions,
): void {
  if (!average || options.average !== false) return;
  throw new Error(
    `${source} must hold plain weights, got the moving average; the plain ones are in model_best.resume.safetensors`,
  );
}
