/** Changes of each level by itself, byte for byte as Pillow's `ImageOps`. */
import { Places } from "../../../wasm/loop-memory.ts";
import type { Image } from "../image.ts";
import { augmentLoops } from "./augment-loops.ts";

const LEVELS = 256;

/**
 * 255 - v.
 *
 * @param image - The image.
 */
export function invert(image: Image): Image {
  return mapped(image, (level) => 255 - level);
}

/**
 * Keeps the upper bits of each level.
 *
 * @param image - The image.
 * @param bits - Bits to keep; 8 or more keep all, 0 or fewer make the image black.
 */
export function posterize(image: Image, bits: number): Image {
  if (bits >= 8) return image;
  const mask = bits <= 0 ? 0 : ~(2 ** (8 - bits) - 1);
  return mapped(image, (level) => level & mask);
}

/**
 * Inverts levels at and above a threshold.
 *
 * @param image - The image.
 * @param threshold - 256 and more change nothing.
 */
export function solarize(image: Image, threshold: number): Image {
  return mapped(image, (level) => (level < threshold ? level : 255 - level));
}

/**
 * Adds to levels below 128.
 *
 * @param image - The image.
 * @param added - An integer >= 0.
 * @see timm `timm/data/auto_augment.py`, `solarize_add`
 */
export function solarizeAdd(image: Image, added: number): Image {
  return mapped(image, (level) => (level < 128 ? Math.min(255, level + added) : level));
}

/**
 * Stretches the levels of each channel to 0 … 255; a channel of one level stays.
 *
 * @param image - The image.
 * @see Pillow `src/PIL/ImageOps.py`, `autocontrast`
 */
export function autoContrast(image: Image): Image {
  return mappedByHistogram(image, (counts) => {
    const lowest = counts.findIndex((count) => count > 0);
    const highest = counts.findLastIndex((count) => count > 0);
    if (highest <= lowest) return null;
    const scale = 255 / (highest - lowest);
    const offset = -lowest * scale;
    return (level) => Math.max(0, Math.min(255, Math.trunc(level * scale + offset)));
  });
}

/**
 * Spreads the levels of each channel so that all are about equally frequent.
 *
 * @param image - The image.
 * @see Pillow `src/PIL/ImageOps.py`, `equalize`
 */
export function equalize(image: Image): Image {
  return mappedByHistogram(image, (counts) => {
    const used = counts.filter((count) => count > 0);
    const pixels = used.reduce((sum, count) => sum + count, 0);
    const step = Math.floor((pixels - (used.at(-1) ?? 0)) / 255);
    if (used.length <= 1 || step === 0) return null;
    let below = Math.floor(step / 2);
    return (level) => {
      const equalized = Math.min(255, Math.floor(below / step));
      below += counts[level] ?? 0;
      return equalized;
    };
  });
}

/** A function of a level; called for 0 … 255 in order. */
type LevelFunction = (level: number) => number;

function mapped(image: Image, change: LevelFunction): Image {
  const table = Uint8Array.from({ length: LEVELS }, (_, level) => change(level));
  return withTables(image, [table, table, table].slice(0, image.channels));
}

/** @param changeOf - The change of a channel by its histogram; null: it stays. */
function mappedByHistogram(image: Image, changeOf: (counts: Uint32Array) => LevelFunction | null): Image {
  const tables = histograms(image).map((counts) => {
    const change = changeOf(counts) ?? ((level: number) => level);
    return Uint8Array.from({ length: LEVELS }, (_, level) => change(level));
  });
  return withTables(image, tables);
}

/** The number of pixels at each level, for each channel. */
function histograms({ data, channels }: Image): readonly Uint32Array[] {
  const places = new Places();
  const pixels = places.take(data.length);
  const counts = places.take(4 * LEVELS * channels);
  const { loops, memory } = augmentLoops(places.size);
  memory.set(data, pixels);
  memory.fill(0, counts, counts + 4 * LEVELS * channels);
  loops.countLevels(pixels, data.length / channels, channels, counts);
  return Array.from({ length: channels }, (_, channel) =>
    new Uint32Array(memory.buffer, counts + 4 * LEVELS * channel, LEVELS).slice(),
  );
}

/** @param tables - One for each channel. */
function withTables(image: Image, tables: readonly Uint8Array[]): Image {
  const { data, channels } = image;
  const places = new Places();
  const pixels = places.take(data.length);
  const first = places.take(LEVELS * channels);
  const { loops, memory } = augmentLoops(places.size);
  memory.set(data, pixels);
  for (const [channel, table] of tables.entries()) memory.set(table, first + channel * LEVELS);
  loops.applyTables(pixels, data.length / channels, channels, first);
  return { ...image, data: memory.slice(pixels, pixels + data.length) };
}
