/** Mixup and CutMix: each image of a batch is mixed with a partner, and so are their targets. */
import { checkOptionNames } from "../option-names.ts";
import type { RandomStream } from "../random/keyed-random.ts";
import { symmetricBeta } from "./beta-distribution.ts";
import type { Box } from "./transforms/image.ts";

/** Options of {@link drawMixing}, under timm's names. */
export interface MixupOptions {
  /** Alpha of mixup's Beta(alpha, alpha), >= 0; 0 (default) is off. */
  readonly mixup?: number | undefined;
  /** Alpha of CutMix's Beta(alpha, alpha), >= 0; 0 (default) is off. */
  readonly cutmix?: number | undefined;
  /** Sides of the box as shares of the image's, low and high; switches CutMix on and replaces its Beta. */
  readonly cutmixMinmax?: readonly [number, number] | undefined;
  /** Probability that a batch is mixed; default 1. */
  readonly mixupProb?: number | undefined;
  /** Probability of CutMix where both are on; default 0.5. */
  readonly mixupSwitchProb?: number | undefined;
  /** What is drawn anew: for each batch (default), each pair of images that are each other's partners, or each image. */
  readonly mixupMode?: (typeof MIXUP_MODES)[number] | undefined;
}

/** Values of `mixupMode`. */
export const MIXUP_MODES = ["batch", "pair", "elem"] as const;

/**
 * Refuses options out of range.
 *
 * @param where - Function and option named in errors.
 * @throws TypeError for what is no object, RangeError for an unknown option or a value out of range.
 */
export function checkMixing(where: string, options: MixupOptions): void {
  checkOptionNames(where, options, {
    ...{ mixup: true, cutmix: true, cutmixMinmax: true, mixupProb: true, mixupSwitchProb: true },
    mixupMode: true,
  });
  const { mixup = 0, cutmix = 0, cutmixMinmax, mixupProb = 1, mixupSwitchProb = 0.5 } = options;
  for (const [name, alpha] of Object.entries({ mixup, cutmix })) {
    if (Number.isFinite(alpha) && alpha >= 0) continue;
    throw new RangeError(`${where}: ${name} must be a finite number >= 0, got ${alpha}`);
  }
  for (const [name, share] of Object.entries({ mixupProb, mixupSwitchProb })) {
    if (Number.isFinite(share) && share >= 0 && share <= 1) continue;
    throw new RangeError(`${where}: ${name} must be a number in [0, 1], got ${share}`);
  }
  const { mixupMode = "batch" } = options;
  if (!MIXUP_MODES.includes(mixupMode)) {
    throw new RangeError(
      `${where}: mixupMode must be one of ${MIXUP_MODES.join(", ")}, got ${JSON.stringify(mixupMode)}`,
    );
  }
  if (cutmixMinmax === undefined) return;
  const [low, high] = Array.isArray(cutmixMinmax) && cutmixMinmax.length === 2 ? cutmixMinmax : [];
  if (low !== undefined && high !== undefined && low >= 0 && low <= high && high <= 1) return;
  throw new RangeError(
    `${where}: cutmixMinmax must be two numbers in [0, 1], the smaller first, got ${JSON.stringify(cutmixMinmax)}`,
  );
}

/** How a batch is mixed. */
export interface Mixing {
  /** Share of the image itself in its target, in [0, 1]; 1: the batch stays as it is. */
  readonly lambda: number;
  /** CutMix: the part that comes from the partner; null: mixup. */
  readonly box: Box | null;
}

const WHOLE: Mixing = { lambda: 1, box: null };

/**
 * Draws how a batch is mixed.
 *
 * Mixup: lambda ~ Beta. CutMix: lambda ~ Beta gives a box of sides √(1 - lambda), centred anywhere and clipped
 * to the image; then lambda = 1 - box / (H·W).
 *
 * @param options - What to draw from.
 * @param size - Height and width of the images in pixels.
 * @param random - Where the numbers come from.
 * @see timm `timm/data/mixup.py`, `Mixup._params_per_batch`, `cutmix_bbox_and_lam`
 */
export function drawMixing(
  options: MixupOptions,
  { height, width }: Pick<Box, "height" | "width">,
  random: RandomStream,
): Mixing {
  const { mixup = 0, cutmixMinmax, mixupProb = 1, mixupSwitchProb = 0.5 } = options;
  const cutmix = cutmixMinmax ? 1 : (options.cutmix ?? 0);
  if (!(mixup > 0 || cutmix > 0) || random.uniform() >= mixupProb) return WHOLE;
  const cuts = cutmix > 0 && (!(mixup > 0) || random.uniform() < mixupSwitchProb);
  if (!cuts) return { lambda: symmetricBeta(mixup, random), box: null };
  const box = cutmixMinmax
    ? boxOfSides(cutmixMinmax, height, width, random)
    : boxOfArea(1 - symmetricBeta(cutmix, random), height, width, random);
  return { lambda: 1 - (box.height * box.width) / (height * width), box };
}

/**
 * Mixes each image with its partner, which is the batch in reverse order; in an odd batch the image in the
 * middle is its own.
 *
 * Mixup: x = lambda·x + (1 - lambda)·partner, bytes rounded to even. CutMix: the box comes from the partner.
 *
 * @param images - uint8 [B, H, W, C] or float32 [B, C, H, W]; they are not changed.
 * @param size - B, height and width.
 * @param mixing - How to mix.
 * @returns An array of the same kind; `images` itself where lambda is 1.
 * @see timm `timm/data/mixup.py`, `Mixup._mix_batch`
 */
export function mixImages<Images extends Uint8Array | Float32Array>(
  images: Images,
  { batchSize, height, width }: BatchSize,
  { lambda, box }: Mixing,
): Images;
export function mixImages(
  images: Uint8Array | Float32Array,
  size: BatchSize,
  mixing: Mixing,
): Uint8Array | Float32Array {
  if (mixing.lambda === 1) return images;
  if (images instanceof Float32Array) {
    const mixed = images.slice();
    mix(mixed, images, size, mixing, { rowLength: size.width });
    return mixed;
  }
  // A clamped array rounds halves to even.
  const mixed = new Uint8ClampedArray(images);
  mix(mixed, images, size, mixing, { rowLength: images.length / (size.batchSize * size.height) });
  return new Uint8Array(mixed.buffer);
}

/** Size of a batch of images. */
export interface BatchSize {
  /** Images. */
  readonly batchSize: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
}

type Pixels = Uint8Array | Uint8ClampedArray | Float32Array;

/** @param rowLength - Numbers in a row of pixels: channels of a pixel lie side by side in bytes, apart in floats. */
function mix(
  mixed: Pixels,
  images: Pixels,
  { batchSize, height, width }: BatchSize,
  { lambda, box }: Mixing,
  { rowLength }: { readonly rowLength: number },
): void {
  const length = images.length / batchSize;
  for (let image = 0; image < batchSize; image++) {
    const target = mixed.subarray(image * length, (image + 1) * length);
    const partner = images.subarray((batchSize - 1 - image) * length, (batchSize - image) * length);
    if (box === null) blend(target, partner, lambda);
    else {
      const perPixel = rowLength / width;
      for (let plane = 0; plane < length; plane += height * rowLength) {
        for (let y = box.top; y < box.top + box.height; y++) {
          const start = plane + y * rowLength + box.left * perPixel;
          target.set(partner.subarray(start, start + box.width * perPixel), start);
        }
      }
    }
  }
}

/** In float32, as NumPy. */
function blend(target: Pixels, partner: Pixels, lambda: number): void {
  const own = Math.fround(lambda);
  const other = Math.fround(1 - lambda);
  for (let i = 0; i < target.length; i++) {
    const mine = Math.fround((target[i] ?? 0) * own);
    target[i] = Math.fround(mine + Math.fround((partner[i] ?? 0) * other));
  }
}

function boxOfArea(share: number, height: number, width: number, random: RandomStream): Box {
  const side = Math.sqrt(share);
  const span = (length: number) => {
    const half = Math.floor(Math.trunc(length * side) / 2);
    const center = random.integer(length);
    const start = Math.max(0, center - half);
    return { start, length: Math.min(length, center + half) - start };
  };
  return boxOf(span(height), span(width));
}

function boxOfSides(
  [low, high]: readonly [number, number],
  height: number,
  width: number,
  random: RandomStream,
): Box {
  const span = (whole: number) => {
    const shortest = Math.trunc(whole * low);
    const length = shortest + random.integer(Math.max(1, Math.trunc(whole * high) - shortest));
    return { start: random.integer(Math.max(1, whole - length)), length };
  };
  return boxOf(span(height), span(width));
}

function boxOf(vertical: Span, horizontal: Span): Box {
  return {
    left: horizontal.start,
    top: vertical.start,
    width: horizontal.length,
    height: vertical.length,
  };
}

interface Span {
  readonly start: number;
  readonly length: number;
}
