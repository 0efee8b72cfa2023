/** Labelled images: what a data set is, wherever its images come from. */
import type { Label } from "../task/labels.ts";
import type { ByteSource } from "./byte-source.ts";
import type { Image } from "./transforms/image.ts";

/**
 * Kind of the labels of a data set: `class`, one class id per image, or a probability for each class; `multi`, 0 or 1 for each class; `number`, a number
 * for each output.
 */
export type LabelKind = "class" | "multi" | "number";

/** A sample of a data set. */
export interface Sample {
  /** Name of the image, for people: its path on disk, that of an archive and inside it, or any other text. */
  readonly path: string;
  /** Index into the class names, or one number per class or output. */
  readonly label: Label;
}

/**
 * A set of labelled images. A data set of one's own is an object with these properties; `source` and `labelKind` can be
 * absent.
 *
 * @example
 * const pixel = (level: number) => ({ width: 1, height: 1, channels: 1, data: new Uint8Array([level]) });
 * const dataset: ImageDataset = {
 *   description: "black and white",
 *   classNames: ["black", "white"],
 *   samples: [{ path: "0", label: 0 }, { path: "255", label: 1 }],
 *   read: (index) => pixel(index * 255),
 * };
 * const transform = { training: false, inputSize: [1, 1, 1] };
 * const loader = createLoader(dataset, { batchSize: 2, transform, workers: 0 });
 * const pixels: number[] = [];
 * for await (const { images } of loader.batches(0)) pixels.push(...images);
 * pixels; // => [0, 255]
 */
export interface ImageDataset {
  /** Origin of the images, for people. */
  readonly description: string;
  /** Names of the classes; of the outputs, where labels are numbers: the model's output n is `classNames[n]`. */
  readonly classNames: readonly string[];
  /** The images, in the order in which an evaluation takes them. */
  readonly samples: readonly Sample[];
  /** Kind of the labels; absent: told by the labels themselves, as {@link labelKindOf} does. */
  readonly labelKind?: LabelKind;
  /**
   * The image of a sample: the bytes of an image file, or its pixels. The same index gives the same image each time.
   * A read that fails makes the sample an unreadable image, as a broken file is.
   *
   * @param index - Index into `samples`.
   */
  read(index: number): Uint8Array | Image | Promise<Uint8Array | Image>;
  /**
   * The file of a sample, where it has one: decoding threads then read it themselves, and `read` is not called.
   *
   * @param index - Index into `samples`.
   */
  source?(index: number): ByteSource;
}

/** Samples and names of a data set, without the images themselves. */
export type LabelledImages = Pick<ImageDataset, "samples" | "classNames" | "labelKind">;

/**
 * Kind of the labels: the data set's own `labelKind`; else `class` for class ids, unless there is but one name; `multi` for
 * lists of nothing but 0 and 1; `number` for everything else.
 *
 * @param dataset - A data set, or any object with its samples and class names.
 * @example
 * const classNames = ["cat", "dog"];
 * labelKindOf({ classNames, samples: [{ path: "a.png", label: 1 }] }); // => "class"
 * labelKindOf({ classNames, samples: [{ path: "a.png", label: [1, 1] }] }); // => "multi"
 * labelKindOf({ classNames, samples: [{ path: "a.png", label: [0.5, 2] }] }); // => "number"
 */
export function labelKindOf({ samples, classNames, labelKind }: LabelledImages): LabelKind {
  if (labelKind !== undefined) return labelKind;
  if (classNames.length !== 1 && samples.every(({ label }) => isClassId(label))) return "class";
  const isFlag = (value: number) => value === 0 || value === 1;
  return samples.every(({ label }) => typeof label !== "number" && label.every(isFlag)) ? "multi" : "number";
}

/** Whether a label is a class id. */
export function isClassId(label: Label): boolean {
  return typeof label === "number" && Number.isSafeInteger(label) && label >= 0;
}

/**
 * Refuses what is no data set.
 *
 * @param where - Function named in errors.
 * @throws TypeError that names what is missing.
 */
export function checkDataset(where: string, dataset: ImageDataset): void {
  const parts: Partial<ImageDataset> | null = typeof dataset === "object" ? dataset : null;
  const { samples, classNames, read } = parts ?? {};
  const missing = Object.entries({
    samples: Array.isArray(samples),
    classNames: Array.isArray(classNames),
    read: typeof read === "function",
  }).flatMap(([name, isThere]) => (isThere ? [] : [name]));
  if (missing.length === 0) return;
  throw new TypeError(
    `${where}: a data set must have description, classNames, samples and read, got none of ${missing.join(", ")}`,
  );
}
