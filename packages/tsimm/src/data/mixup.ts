/** Mixup and CutMix: each image of a batch is mixed with a partner, and so are their targets. */
import type { RandomStream } from "../random/keyed-random.ts";
import { denseTargets } from "../task/dense-targets.ts";
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
}

/** How a batch is mixed. */
export interface Mixing {
  /** Share of the image itself in its target, in [0, 1]; 1: the batch stays as it is. */
  readonly lambda: number;
  /** CutMix: the part that comes from the partner; null: mixup. */
  readonly box: Box | null;
}

/** A batch with one row of targets for each image. */
export interface MixedBatch {
  /** uint8 [B, H, W, C]. */
  readonly images: Uint8Array;
  /** float32 [B, numClasses]; every row sums to 1. */
  readonly targets: Float32Array;
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

/** Options of {@link mixBatch}: what {@link drawMixing} gave, and what images and targets look like. */
export interface MixBatchOptions extends Mixing {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly numClasses: number;
  /** Label smoothing in [0, 1]. */
  readonly smoothing: number;
}

/**
 * Mixes each image with its partner, which is the batch in reverse order; in an odd batch the image in the
 * middle is its own.
 *
 * Mixup: x = lambda·x + (1 - lambda)·partner, on bytes, rounded to even. CutMix: the box comes from the partner.
 * Targets: q = lambda·onehot(y) + (1 - lambda)·onehot(y of the partner), smoothed.
 *
 * @param batch - The batch; it is not changed.
 * @param options - How to mix.
 * @see timm `timm/data/mixup.py`, `Mixup._mix_batch`, `mixup_target`
 */
export function mixBatch(
  {
    images,
    labels,
    size,
  }: { readonly images: Uint8Array; readonly labels: Int32Array; readonly size: number },
  { lambda, box, width, height, numClasses, smoothing }: MixBatchOptions,
): MixedBatch {
  const own = denseTargets(labels, numClasses, smoothing);
  if (lambda === 1) return { images, targets: own };
  const partners = denseTargets(labels.toReversed(), numClasses, smoothing);
  const targets = own.map((share, i) => lambda * share + (1 - lambda) * (partners[i] ?? 0));
  const length = images.length / size;
  const partner = (image: number) => images.subarray((size - 1 - image) * length, (size - image) * length);
  const mixed = new Uint8ClampedArray(images);
  for (let image = 0; image < size; image++) {
    const target = mixed.subarray(image * length, (image + 1) * length);
    if (box) paste(target, partner(image), box, width, length / (height * width));
    else blend(target, partner(image), lambda);
  }
  return { images: new Uint8Array(mixed.buffer), targets };
}

/** In float32, as NumPy; a clamped array rounds halves to even. */
function blend(target: Uint8ClampedArray, partner: Uint8Array, lambda: number): void {
  const own = Math.fround(lambda);
  const other = Math.fround(1 - lambda);
  for (let i = 0; i < target.length; i++) {
    const mine = Math.fround((target[i] ?? 0) * own);
    target[i] = Math.fround(mine + Math.fround((partner[i] ?? 0) * other));
  }
}

function paste(
  target: Uint8ClampedArray,
  partner: Uint8Array,
  box: Box,
  width: number,
  channels: number,
): void {
  for (let y = box.top; y < box.top + box.height; y++) {
    const start = (y * width + box.left) * channels;
    target.set(partner.subarray(start, start + box.width * channels), start);
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
