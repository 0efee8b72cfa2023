/** The fixed transform of evaluation images. */
import { centerCropOrPad } from "./center-crop.ts";
import type { Image, Transform } from "./image.ts";
import { checkChoice, checkInputSize } from "./option-checks.ts";
import { INTERPOLATIONS, type Interpolation } from "./resampling-weights.ts";
import { resize } from "./resize.ts";
import { roundHalfToEven } from "./round-half-to-even.ts";

/** Options of {@link evaluationTransform}, under timm's names. */
export interface EvaluationTransformOptions {
  /** [C, H, W] of the result; C is 1 or 3. */
  readonly inputSize: readonly [number, number, number];
  /** Share of the resized image that the crop takes, in (0, 1]; default 0.875. */
  readonly cropPct?: number | undefined;
  /**
   * `center` (default): the shorter side is resized and the middle taken. `squash`: both sides are resized.
   * `border`: the longer side is resized and the image padded.
   */
  readonly cropMode?: "center" | "squash" | "border" | undefined;
  /** Default bicubic. */
  readonly interpolation?: Interpolation | undefined;
  /** Mean of each channel in [0, 1], the colour of the border; default ImageNet's. */
  readonly mean?: readonly number[] | undefined;
}

/** Size in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Makes timm's evaluation transform: resize to floor(size / cropPct), then take the middle.
 *
 * @param options - Size and crop.
 * @throws RangeError if an option is out of range.
 * @see timm `timm/data/transforms_factory.py`, `transforms_imagenet_eval`
 */
export function evaluationTransform(options: EvaluationTransformOptions): Transform {
  const {
    inputSize,
    cropPct = 0.875,
    cropMode = "center",
    interpolation = "bicubic",
    mean = [0.485, 0.456, 0.406],
  } = options;
  checkInputSize("evaluationTransform", inputSize);
  checkChoice("evaluationTransform", "interpolation", interpolation, INTERPOLATIONS);
  checkChoice("evaluationTransform", "cropMode", cropMode, Object.keys(RESIZED));
  if (!(cropPct > 0 && cropPct <= 1)) {
    throw new RangeError(`evaluationTransform: cropPct must be a number in (0, 1], got ${cropPct}`);
  }
  const [, height, width] = inputSize;
  const scaled = { width: Math.floor(width / cropPct), height: Math.floor(height / cropPct) };
  const sizeOf = RESIZED[cropMode];
  const fill = cropMode === "border" ? mean.map((level) => roundHalfToEven(255 * level)) : [];
  return (image) => {
    const resized = resize(image, { ...sizeOf(image, scaled), interpolation });
    return centerCropOrPad(resized, { width, height, fill });
  };
}

/** Size of the resized image, by crop mode. */
const RESIZED = {
  center: coveringSize,
  squash: (_: Image, target: Size) => target,
  border: fittingSize,
};

/** The size in the image's aspect ratio whose shorter side is that of `target`. */
function coveringSize(image: Image, target: Size): Size {
  if (target.width !== target.height) return scaledSize(image, target, Math.min);
  // torchvision's Resize truncates the longer side.
  const { width, height } = image;
  return width <= height
    ? { width: target.width, height: Math.trunc((target.width * height) / width) }
    : { width: Math.trunc((target.height * width) / height), height: target.height };
}

/** The size in the image's aspect ratio whose longer side is that of `target`. */
function fittingSize(image: Image, target: Size): Size {
  return scaledSize(image, target, Math.max);
}

/** timm's ResizeKeepRatio rounds both sides. */
function scaledSize(image: Image, target: Size, choose: (a: number, b: number) => number): Size {
  const ratio = choose(image.width / target.width, image.height / target.height);
  return {
    width: Math.max(1, roundHalfToEven(image.width / ratio)),
    height: Math.max(1, roundHalfToEven(image.height / ratio)),
  };
}
