/** Splits images of one's own into those for training and those for validation. */
import type { LabelledPixels, TrainingImages } from "./training-images.ts";

/** An image of one's own, decoded. */
export interface OwnImage {
  /** Name of its file, or of its capture. */
  readonly name: string;
  /** uint8 [side, side, 3]. */
  readonly pixels: Uint8Array;
}

/** Images with a common name. */
export interface OwnClass {
  readonly name: string;
  readonly images: readonly OwnImage[];
}

/** Images ready for training, or why they are not; and what else one should know. */
export type SplitResult =
  | { readonly images: TrainingImages; readonly problem: null; readonly warnings: readonly string[] }
  | { readonly images: null; readonly problem: string; readonly warnings: readonly string[] };

/** One image of so many validates. */
const VALIDATION_SHARE = 5;
/** Below this a class is hard to learn. */
const FEW = 10;

/**
 * Takes every fifth image of each class for validation, at least one; the same images always split in the same way.
 *
 * @param classes - Those without an image are left out.
 * @param side - Height and width of the images in pixels.
 * @example
 * const image = (name: string) => ({ name, pixels: new Uint8Array(3) });
 * splitImages([{ name: "cat", images: [image("1.png")] }], 1).problem;
 * // => "There must be at least two classes with images, got one: cat; add images of another class"
 */
export function splitImages(classes: readonly OwnClass[], side: number): SplitResult {
  const used = classes.filter(({ images }) => images.length > 0);
  const few = used.filter(({ images }) => images.length >= 2 && images.length < FEW);
  const warnings = few.map(
    ({ name, images }) => `${name} has ${images.length} images: from ${FEW} on a class is learnt better`,
  );
  const problem = problemOf(used);
  if (problem !== null) return { images: null, problem, warnings };
  const parts: Record<"train" | "validation", { pixels: Uint8Array; label: number }[]> = {
    train: [],
    validation: [],
  };
  for (const [label, { images }] of used.entries()) {
    for (const [i, { pixels }] of images.entries()) {
      const isFifth = i % VALIDATION_SHARE === VALIDATION_SHARE - 1;
      const isLast = images.length < VALIDATION_SHARE && i === images.length - 1;
      parts[isFifth || isLast ? "validation" : "train"].push({ pixels, label });
    }
  }
  const classNames = used.map(({ name }) => name);
  const [train, validation] = [joined(parts.train), joined(parts.validation)];
  return { images: { classNames, side, channels: 3, train, validation }, problem: null, warnings };
}

function problemOf(used: readonly OwnClass[]): string | null {
  const [first] = used;
  if (first === undefined) return "There must be images to learn from, got none; add a folder for each class";
  if (used.length === 1) {
    return `There must be at least two classes with images, got one: ${first.name}; add images of another class`;
  }
  const names = used.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return `Each class must have a name of its own, got "${twice}" twice; rename one`;
  if (used.some(({ name }) => name.trim() === ""))
    return "Each class must have a name, got one without; name it";
  const single = used.find(({ images }) => images.length === 1);
  if (single !== undefined) {
    return `${single.name} must have at least two images, one to learn from and one to validate, got one; add some`;
  }
  return null;
}

function joined(parts: readonly { readonly pixels: Uint8Array; readonly label: number }[]): LabelledPixels {
  const length = parts[0]?.pixels.length ?? 0;
  const pixels = new Uint8Array(parts.length * length);
  for (const [i, part] of parts.entries()) pixels.set(part.pixels, i * length);
  return { pixels, labels: parts.map(({ label }) => label) };
}
