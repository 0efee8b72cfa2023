/** The random transform of training images. */
import type { RandomStream } from "../../random/keyed-random.ts";
import { kernelGaussianBlur } from "./augment/gaussian-blur.ts";
import { applyPolicy, readPolicy } from "./augment/policy.ts";
import { adjustSaturation } from "./color.ts";
import { colorJitter } from "./color-jitter.ts";
import { flipHorizontally, flipVertically } from "./flip.ts";
import type { Transform } from "./image.ts";
import { centerBox, cropMirrored, drawBox, drawKeepRatioSize } from "./keep-ratio-crop.ts";
import { checkChoice, checkInputSize, checkProbability, checkRange } from "./option-checks.ts";
import { randomResizedCropBox } from "./random-resized-crop.ts";
import { INTERPOLATIONS, type Interpolation } from "./resampling-weights.ts";
import { resize } from "./resize.ts";
import { roundHalfToEven } from "./round-half-to-even.ts";

/** Crops of training images: random area; shorter side resized, middle taken; the same, anywhere. */
export const TRAIN_CROP_MODES = ["rrc", "rkrc", "rkrr"] as const;

/** Options of {@link trainingTransform}, under timm's names. */
export interface TrainingTransformOptions {
  /** [C, H, W] of the result; C is 1 or 3. */
  readonly inputSize: readonly [number, number, number];
  /** Nothing random: both sides are resized (squashed). */
  readonly noAug?: boolean | undefined;
  /**
   * `rrc` (default): a box of random area and aspect ratio is resized. `rkrc`: the shorter side is resized, with random
   * changes of scale and aspect ratio, and the middle taken, continued by its mirror image where it is smaller. `rkrr`: the
   * same, taken anywhere.
   */
  readonly trainCropMode?: (typeof TRAIN_CROP_MODES)[number] | undefined;
  /** Share of the area that a crop takes, low and high; default 0.08 and 1, with rkrc and rkrr 0.8 and 1. */
  readonly scale?: readonly [number, number] | undefined;
  /**
   * Width / height of a crop, low and high; default 3/4 and 4/3. With rkrc and rkrr a factor on that of the image; default
   * 0.9 and 1/0.9.
   */
  readonly ratio?: readonly [number, number] | undefined;
  /** Probability of exchanging left and right; default 0.5. */
  readonly hflip?: number | undefined;
  /** Probability of exchanging top and bottom; default 0. */
  readonly vflip?: number | undefined;
  /** Policy of augmentation, e.g. `rand-m9-mstd0.5-inc1`, `augmix-m5-w4-d2`, `original`, `v0`, `3a`; absent or "": none. */
  readonly aa?: string | undefined;
  /**
   * Strength of the changes of brightness, contrast and saturation, >= 0; default 0.4. A policy switches them off, unless
   * its text has 3a.
   */
  readonly colorJitter?: number | undefined;
  /** Probability of these changes; absent: they are always made. */
  readonly colorJitterProb?: number | undefined;
  /** Probability of making an image grey; default 0. */
  readonly grayscaleProb?: number | undefined;
  /** Probability of a blur by a Gaussian of standard deviation U(0.1, 2) pixels; default 0. */
  readonly gaussianBlurProb?: number | undefined;
  /** `random` chooses between the two for each image; the default. With `noAug` it is bilinear. */
  readonly trainInterpolation?: Interpolation | "random" | undefined;
  /** Mean of each channel in [0, 1], the colour around images that a policy moves; default ImageNet's. */
  readonly mean?: readonly number[] | undefined;
}

/** The two parts of a training transform. */
export interface TrainingStages {
  /** Crop and flips. */
  readonly primary: Transform;
  /** Policy, colours, blur: what an augmentation split does to the same crop again and again. */
  readonly secondary: Transform;
}

/**
 * Makes timm's training transform: crop, flips, policy or colour jitter, grey, blur.
 *
 * @param options - What to draw from.
 * @throws RangeError if an option is out of range.
 * @see timm `timm/data/transforms_factory.py`, `transforms_imagenet_train`, `transforms_noaug_train`
 */
export function trainingTransform(options: TrainingTransformOptions): Transform {
  const { primary, secondary } = trainingStages(options);
  return (image, random) => secondary(primary(image, random), random);
}

/**
 * Makes the parts of the training transform.
 *
 * @param options - What to draw from.
 * @throws RangeError if an option is out of range.
 */
export function trainingStages(options: TrainingTransformOptions): TrainingStages {
  checkOptions(options);
  const { noAug = false, trainInterpolation = "random", inputSize } = options;
  if (!noAug) return { primary: primaryTransform(options), secondary: secondaryTransform(options) };
  const [, height, width] = inputSize;
  const interpolation = trainInterpolation === "random" ? "bilinear" : trainInterpolation;
  return {
    primary: (image) => resize(image, { width, height, interpolation }),
    secondary: (image) => image,
  };
}

function checkOptions(options: TrainingTransformOptions): void {
  const where = "trainingTransform";
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3], colorJitter: strength = 0.4 } = options;
  const { trainInterpolation = "random", trainCropMode = "rrc" } = options;
  checkInputSize(where, options.inputSize);
  checkRange(where, "scale", scale);
  checkRange(where, "ratio", ratio);
  const { hflip = 0.5, vflip = 0, colorJitterProb = 1, grayscaleProb = 0, gaussianBlurProb = 0 } = options;
  const chances = { hflip, vflip, colorJitterProb, grayscaleProb, gaussianBlurProb };
  for (const [name, chance] of Object.entries(chances)) checkProbability(where, name, chance);
  checkChoice(where, "trainInterpolation", trainInterpolation, ["random", ...INTERPOLATIONS]);
  checkChoice(where, "trainCropMode", trainCropMode, TRAIN_CROP_MODES);
  if (!(strength >= 0 && strength < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${where}: colorJitter must be a number >= 0, got ${strength}`);
  }
  const { aa = "" } = options;
  if (typeof aa !== "string") throw new TypeError(`${where}: aa must be text, got ${JSON.stringify(aa)}`);
  if (aa !== "") readPolicy(where, aa);
}

/** Crop and flips. */
function primaryTransform(options: TrainingTransformOptions): Transform {
  const { inputSize, hflip = 0.5, vflip = 0, trainInterpolation = "random" } = options;
  const { trainCropMode = "rrc" } = options;
  const [, height, width] = inputSize;
  const chosen = (random: RandomStream) => {
    const drawn = random.uniform() < 0.5 ? "bilinear" : "bicubic";
    return trainInterpolation === "random" ? drawn : trainInterpolation;
  };
  if (trainCropMode === "rrc") {
    const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3] } = options;
    return (image, random) => {
      const box = randomResizedCropBox(image.width, image.height, { scale, ratio }, random);
      const interpolation = chosen(random);
      const mirrored = random.uniform() < hflip;
      const upsideDown = random.uniform() < vflip;
      const resized = resize(image, { width, height, interpolation, box, mirrored });
      return upsideDown ? flipVertically(resized) : resized;
    };
  }
  const { scale = [0.8, 1], ratio = [0.9, 1 / 0.9] } = options;
  return (image, random) => {
    const size = drawKeepRatioSize(image, { width, height }, { scale, ratio }, random);
    const resized = resize(image, { ...size, interpolation: chosen(random) });
    const box =
      trainCropMode === "rkrc"
        ? centerBox(size, { width, height })
        : drawBox(size, { width, height }, random);
    const cropped = cropMirrored(resized, box);
    const turned = random.uniform() < hflip ? flipHorizontally(cropped) : cropped;
    return random.uniform() < vflip ? flipVertically(turned) : turned;
  };
}

/** Standard deviations of the blur, in pixels. */
const BLUR = [0.1, 2] as const;

/** Policy, colours, blur. */
function secondaryTransform(options: TrainingTransformOptions): Transform {
  const { aa = "", colorJitter: strength = 0.4, colorJitterProb, trainInterpolation = "random" } = options;
  const { grayscaleProb = 0, gaussianBlurProb = 0 } = options;
  const policy = aa === "" ? null : readPolicy("trainingTransform", aa);
  const settings = { fill: fillOf(options), interpolation: trainInterpolation };
  const jitters = policy === null || aa.includes("3a");
  return (image, random) => {
    let changed = policy === null ? image : applyPolicy(image, policy, settings, random);
    if (jitters && (colorJitterProb === undefined || random.uniform() < colorJitterProb)) {
      changed = colorJitter(changed, strength, random);
    }
    if (grayscaleProb > 0 && random.uniform() < grayscaleProb) changed = adjustSaturation(changed, 0);
    if (gaussianBlurProb > 0 && random.uniform() < gaussianBlurProb) {
      changed = kernelGaussianBlur(changed, BLUR[0] + (BLUR[1] - BLUR[0]) * random.uniform());
    }
    return changed;
  };
}

/** The mean as levels of each channel. */
function fillOf({ inputSize, mean = [0.485, 0.456, 0.406] }: TrainingTransformOptions): number[] {
  const [channels] = inputSize;
  const average = mean.reduce((sum, value) => sum + value, 0) / mean.length;
  const values = mean.length === channels ? mean : Array.from({ length: channels }, () => average);
  return values.map((value) => Math.min(255, roundHalfToEven(255 * value)));
}
