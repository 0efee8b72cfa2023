/** A data set of images that are in memory. */
import { checkOptionNames } from "../option-names.ts";
import type { Label } from "../task/labels.ts";
import { checkLabels } from "./check-labels.ts";
import type { ImageDataset, LabelKind } from "./image-dataset.ts";
import { checkImage } from "./image-source.ts";
import type { Image } from "./transforms/image.ts";

/** Options of {@link memoryDataset}. Either `classNames` or `outputNames` is given. */
export interface MemoryDatasetOptions {
  /** Bytes of image files (PNG, JPEG …), or pixels. */
  readonly images: readonly (Uint8Array | Image)[];
  /**
   * A label for each image. With `classNames`: class ids; or lists with 0 or 1 for each class; or lists with a
   * probability for each class. With `outputNames`: lists of numbers; with one output the numbers themselves do too.
   */
  readonly labels: readonly Label[];
  /** Names of the classes. */
  readonly classNames?: readonly string[] | undefined;
  /** Names of the outputs of a regression. */
  readonly outputNames?: readonly string[] | undefined;
  /** Name of each image, for messages; default `image 0`, `image 1` … */
  readonly names?: readonly string[] | undefined;
  /** Origin of the images, for people; default `images in memory`. */
  readonly description?: string | undefined;
}

const optionNames: { readonly [K in keyof Required<MemoryDatasetOptions>]: true } = {
  ...{ images: true, labels: true, classNames: true, outputNames: true, names: true, description: true },
};

/**
 * Makes a data set of images in memory. It holds the images as they are: they are not to be changed afterwards.
 *
 * @param options - Images and labels.
 * @throws RangeError if there is not a label for each image, a label does not fit, pixels do not fit their size, or not
 * exactly one of `classNames` and `outputNames` is given.
 * @example
 * const gray = (level: number) => ({ width: 2, height: 2, channels: 1, data: new Uint8Array(4).fill(level) });
 * const dataset = memoryDataset({
 *   images: [gray(0), gray(255), gray(240)],
 *   labels: [0, 1, 1],
 *   classNames: ["dark", "light"],
 * });
 * dataset.samples[1]; // => { path: "image 1", label: 1 }
 * const brightness = memoryDataset({ images: [gray(51)], labels: [0.2], outputNames: ["brightness"] });
 * brightness.samples[0]; // => { path: "image 0", label: [0.2] }
 */
export function memoryDataset(options: MemoryDatasetOptions): ImageDataset {
  checkOptionNames("memoryDataset", options, optionNames);
  const { images, classNames, outputNames, names, description = "images in memory" } = options;
  const given = classNames ?? outputNames;
  if (given === undefined || (classNames !== undefined && outputNames !== undefined)) {
    throw new RangeError(
      `memoryDataset: one of classNames and outputNames must be given, got ${given === undefined ? "none" : "both"}; ` +
        "name the classes, or the outputs of a regression",
    );
  }
  for (const [name, list] of Object.entries({ images, labels: options.labels, names: given })) {
    if (Array.isArray(list)) continue;
    const what = name === "names" ? (classNames ? "classNames" : "outputNames") : name;
    throw new TypeError(
      `memoryDataset: ${what} must be a list, got ${list === null ? "null" : typeof list}; pass Array.from(…)`,
    );
  }
  checkLengths(options);
  for (const [index, image] of images.entries()) {
    try {
      if (!(image instanceof Uint8Array)) checkImage(image);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RangeError(`memoryDataset: images[${index}]: ${reason}`);
    }
  }
  const kind = kindOf(options);
  const labels = options.labels.map((label) =>
    typeof label === "number" && kind === "number" ? [label] : label,
  );
  const fewest = kind === "class" ? 2 : 1;
  if (given.length < fewest) {
    const what = classNames ? "classNames" : "outputNames";
    throw new RangeError(`memoryDataset: ${what} must have at least ${fewest} names, got ${given.length}`);
  }
  checkLabels("memoryDataset", labels, { kind, outputs: given.length });
  const samples = labels.map((label, index) => ({ path: names?.[index] ?? `image ${index}`, label }));
  return {
    description,
    classNames: given,
    labelKind: kind,
    samples,
    read(index) {
      const image = images[index];
      if (image !== undefined) return image;
      throw new RangeError(
        `ImageDataset: index must be an integer in 0 … ${samples.length - 1}, got ${index}`,
      );
    },
  };
}

function kindOf({ labels, outputNames }: MemoryDatasetOptions): LabelKind {
  if (outputNames !== undefined) return "number";
  // One list that is not of 0 and 1 makes all of them probabilities.
  const isFlag = (value: number) => Number.isSafeInteger(value) || !(value > 0 && value < 1);
  return labels.every((label) => Array.isArray(label) && label.every(isFlag)) ? "multi" : "class";
}

function checkLengths({ images, labels, names }: MemoryDatasetOptions): void {
  if (images.length === 0)
    throw new RangeError("memoryDataset: images must have at least one image, got none");
  for (const [name, list] of Object.entries({ labels, names })) {
    if (list === undefined || list.length === images.length) continue;
    throw new RangeError(
      `memoryDataset: ${name} must have one for each of the ${images.length} images, got ${list.length}`,
    );
  }
}
