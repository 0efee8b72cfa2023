/** The random transform of training images. */
import { colorJitter } from "./color-jitter.ts";
import { flipVertically } from "./flip.ts";
import type { Transform } from "./image.ts";
import { checkChoice, checkInputSize, checkProbability, checkRange } from "./option-checks.ts";
import { randomResizedCropBox } from "./random-resized-crop.ts";
import { INTERPOLATIONS, type Interpolation } from "./resampling-weights.ts";
import { resize } from "./resize.ts";

/** Options of {@link trainingTransform}, under timm's names. */
export interface TrainingTransformOptions {
  /** [C, H, W] of the result; C is 1 or 3. */
  readonly inputSize: readonly [number, number, number];
  /** Nothing random: both sides are resized (squashed). */
  readonly noAug?: boolean | undefined;
  /** Share of the area that a crop takes, low and high; default 0.08 and 1. */
  readonly scale?: readonly [number, number] | undefined;
  /** Width / height of a crop, low and high; default 3/4 and 4/3. */
  readonly ratio?: readonly [number, number] | undefined;
  /** Probability of exchanging left and right; default 0.5. */
  readonly hflip?: number | undefined;
  /** Probability of exchanging top and bottom; default 0. */
  readonly vflip?: number | undefined;
  /** Strength of the changes of brightness, contrast and saturation, >= 0; default 0.4. */
  readonly colorJitter?: number | undefined;
  /** `random` chooses between the two for each image; the default. With `noAug` it is bilinear. */
  readonly trainInterpolation?: Interpolation | "random" | undefined;
}

/**
 * Makes timm's training transform: random resized crop, flips, colour jitter.
 *
 * @param options - What to draw from.
 * @throws RangeError if an option is out of range.
 * @see timm `timm/data/transforms_factory.py`, `transforms_imagenet_train`, `transforms_noaug_train`
 */
export function trainingTransform(options: TrainingTransformOptions): Transform {
  const {
    inputSize,
    noAug = false,
    scale = [0.08, 1],
    ratio = [3 / 4, 4 / 3],
    hflip = 0.5,
    vflip = 0,
    colorJitter: strength = 0.4,
    trainInterpolation = "random",
  } = options;
  checkInputSize("trainingTransform", inputSize);
  checkRange("trainingTransform", "scale", scale);
  checkRange("trainingTransform", "ratio", ratio);
  checkProbability("trainingTransform", "hflip", hflip);
  checkProbability("trainingTransform", "vflip", vflip);
  checkChoice("trainingTransform", "trainInterpolation", trainInterpolation, ["random", ...INTERPOLATIONS]);
  if (!(strength >= 0 && strength < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`trainingTransform: colorJitter must be a number >= 0, got ${strength}`);
  }
  const [, height, width] = inputSize;
  if (noAug) {
    const interpolation = trainInterpolation === "random" ? "bilinear" : trainInterpolation;
    return (image) => resize(image, { width, height, interpolation });
  }
  return (image, random) => {
    const box = randomResizedCropBox(image.width, image.height, { scale, ratio }, random);
    const drawn = random.uniform() < 0.5 ? "bilinear" : "bicubic";
    const interpolation = trainInterpolation === "random" ? drawn : trainInterpolation;
    const mirrored = random.uniform() < hflip;
    const upsideDown = random.uniform() < vflip;
    const resized = resize(image, { width, height, interpolation, box, mirrored });
    return colorJitter(upsideDown ? flipVertically(resized) : resized, strength, random);
  };
}
