/** Operations of augmentation policies, with their arguments at each level, as timm has them. */
import type { RandomStream } from "../../../random/keyed-random.ts";
import { adjustBrightness, adjustContrast, adjustSaturation } from "../color.ts";
import type { Image } from "../image.ts";
import type { Interpolation } from "../resampling-weights.ts";
import { type AffineOptions, affine, rotate } from "./affine.ts";
import { adjustSharpness } from "./blend.ts";
import { boxGaussianBlur } from "./gaussian-blur.ts";
import { autoContrast, equalize, invert, posterize, solarize, solarizeAdd } from "./level-tables.ts";

/** Name of an operation, timm's. */
export type OperationName =
  | "AutoContrast"
  | "Equalize"
  | "Invert"
  | "Rotate"
  | "Posterize"
  | "PosterizeIncreasing"
  | "PosterizeOriginal"
  | "Solarize"
  | "SolarizeIncreasing"
  | "SolarizeAdd"
  | "Color"
  | "ColorIncreasing"
  | "Contrast"
  | "ContrastIncreasing"
  | "Brightness"
  | "BrightnessIncreasing"
  | "Sharpness"
  | "SharpnessIncreasing"
  | "ShearX"
  | "ShearY"
  | "TranslateXRel"
  | "TranslateYRel"
  | "Desaturate"
  | "GaussianBlur"
  | "GaussianBlurRand";

/** What the operations of a policy share. */
export interface OperationSettings {
  /** Level of each channel, 0 … 255, around an image that was moved. */
  readonly fill: readonly number[];
  /** Kernel of rotations, shears and translations; `random`: bilinear or bicubic, drawn each time. */
  readonly interpolation: Interpolation | "random";
  /** Largest translation at level 1, as a share of the side. */
  readonly translatePct: number;
}

/** An operation as it was drawn: nothing about it is random any more. */
export interface DrawnOperation {
  readonly name: OperationName;
  /** Degrees, bits, threshold, factor, share of the side, standard deviation; 0 for operations that take none. */
  readonly argument: number;
  readonly interpolation: Interpolation;
}

/** An operation of a policy. */
interface Operation {
  /**
   * @param level - Magnitude / 10, >= 0; above 1 only if the policy says so.
   * @param random - Where signs come from.
   */
  argument(level: number, settings: OperationSettings, random: RandomStream): number;
  apply(image: Image, argument: number, options: AffineOptions): Image;
}

const none = () => 0;
const eitherSign = (value: number, random: RandomStream) => (random.uniform() < 0.5 ? value : -value);
const signed =
  (largest: number): Operation["argument"] =>
  (level, _, random) =>
    eitherSign(level * largest, random);
const translation: Operation["argument"] = (level, { translatePct }, random) =>
  eitherSign(level * translatePct, random);
const factor: Operation["argument"] = (level) => level * 1.8 + 0.1;
const increasingFactor: Operation["argument"] = (level, _, random) =>
  Math.max(0.1, 1 + eitherSign(level * 0.9, random));
const bits = (level: number) => Math.trunc(level * 4);
const threshold = (level: number) => Math.min(256, Math.trunc(level * 256));
/** Between two numbers, which are not exceeded. */
const within = (low: number, high: number, level: number) =>
  Math.max(low, Math.min(high, low + (high - low) * level));

/**
 * Operations by timm's names.
 *
 * @see timm `timm/data/auto_augment.py`, `NAME_TO_OP`, `LEVEL_TO_ARG`
 */
const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  AutoContrast: { argument: none, apply: autoContrast },
  Equalize: { argument: none, apply: equalize },
  Invert: { argument: none, apply: invert },
  Rotate: { argument: signed(30), apply: rotate },
  Posterize: { argument: bits, apply: posterize },
  PosterizeIncreasing: { argument: (level) => 4 - bits(level), apply: posterize },
  PosterizeOriginal: { argument: (level) => bits(level) + 4, apply: posterize },
  Solarize: { argument: threshold, apply: solarize },
  SolarizeIncreasing: { argument: (level) => 256 - threshold(level), apply: solarize },
  SolarizeAdd: { argument: (level) => Math.min(128, Math.trunc(level * 110)), apply: solarizeAdd },
  Color: { argument: factor, apply: adjustSaturation },
  ColorIncreasing: { argument: increasingFactor, apply: adjustSaturation },
  Contrast: { argument: factor, apply: adjustContrast },
  ContrastIncreasing: { argument: increasingFactor, apply: adjustContrast },
  Brightness: { argument: factor, apply: adjustBrightness },
  BrightnessIncreasing: { argument: increasingFactor, apply: adjustBrightness },
  Sharpness: { argument: factor, apply: adjustSharpness },
  SharpnessIncreasing: { argument: increasingFactor, apply: adjustSharpness },
  ShearX: {
    argument: signed(0.3),
    apply: (image, by, options) => affine(image, [1, by, 0, 0, 1, 0], options),
  },
  ShearY: {
    argument: signed(0.3),
    apply: (image, by, options) => affine(image, [1, 0, 0, by, 1, 0], options),
  },
  TranslateXRel: {
    argument: translation,
    apply: (image, by, options) => affine(image, [1, 0, by * image.width, 0, 1, 0], options),
  },
  TranslateYRel: {
    argument: translation,
    apply: (image, by, options) => affine(image, [1, 0, 0, 0, 1, by * image.height], options),
  },
  Desaturate: {
    argument: (level) => within(0.5, 1, level),
    apply: (image, by) => adjustSaturation(image, Math.min(1, Math.max(0, 1 - by))),
  },
  GaussianBlur: { argument: (level) => within(0.1, 2, level), apply: boxGaussianBlur },
  GaussianBlurRand: {
    argument: (level, _, random) => 0.1 + (2 * within(0, 1, level) - 0.1) * random.uniform(),
    apply: boxGaussianBlur,
  },
};

/**
 * Draws what an operation does.
 *
 * @param name - The operation.
 * @param level - Magnitude / 10, >= 0.
 * @param settings - Of the policy.
 * @param random - Where the numbers come from.
 */
export function drawOperation(
  name: OperationName,
  level: number,
  settings: OperationSettings,
  random: RandomStream,
): DrawnOperation {
  const argument = OPERATIONS[name].argument(level, settings, random);
  const drawn = random.uniform() < 0.5 ? "bilinear" : "bicubic";
  const interpolation = settings.interpolation === "random" ? drawn : settings.interpolation;
  return { name, argument, interpolation };
}

/**
 * Applies an operation.
 *
 * @param image - The image; it is not changed.
 * @param drawn - What {@link drawOperation} gave.
 * @param settings - Of the policy.
 */
export function applyOperation(
  image: Image,
  { name, argument, interpolation }: DrawnOperation,
  { fill }: Pick<OperationSettings, "fill">,
): Image {
  return OPERATIONS[name].apply(image, argument, { interpolation, fill });
}
