/** Golden files of augmentations: images and random numbers as `test/golden/augment/README.md` defines them. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RandomStream } from "../../../random/keyed-random.ts";
import type { Image } from "../image.ts";

const folder = new URL("../../../../../../test/golden/augment/", import.meta.url);

/** The cases of a file. */
export function readCases<Case>(file: string): readonly Case[] {
  return JSON.parse(readFileSync(new URL(file, folder), "utf8")).cases;
}

/** Levels around an image that was moved. */
export const FILL: readonly number[] = [124, 116, 104];

const levels: Readonly<Record<string, (i: number, x: number, y: number, c: number) => number>> = {
  noise: (i) => (Math.imul(i, 0x9e3779b1) >>> 13) % 251,
  dim: (i) => 40 + (((Math.imul(i, 0x9e3779b1) >>> 13) % 251) % 90),
  waves: (_, x, y, c) => (5 * x + 3 * y + 40 * c) % 256,
  flat: () => 77,
};

const made = new Map<string, Image>();

/** The image of a name, `<kind> <width>x<height>x<channels>`. */
export function goldenImage(name: string): Image {
  const known = made.get(name);
  if (known) return known;
  const [kind = "", size = ""] = name.split(" ");
  const [width = 0, height = 0, channels = 0] = size.split("x").map(Number);
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    return levels[kind]?.(i, pixel % width, Math.floor(pixel / width), i % channels) ?? 0;
  });
  const image = { width, height, channels: channels === 1 ? 1 : 3, data } as const;
  made.set(name, image);
  return image;
}

/** The start of the SHA-256 of an image's bytes. */
export function digest({ data }: Image): string {
  return createHash("sha256").update(data).digest("hex").slice(0, 12);
}

/** A stream that gives one number again and again. */
export function constant(u: number): RandomStream {
  return { uint32: () => 0, uniform: () => u, integer: (n) => Math.floor(u * n), normal: () => 0 };
}

/** The numbers of a key in order, and how many were taken. */
export function scripted(key: number): RandomStream & { used(): number } {
  let used = 0;
  const uniform = () => (Math.imul(key * 7919 + used++ * 104729 + 13, 0x9e3779b1) >>> 0) / 2 ** 32;
  return {
    uint32: () => 0,
    uniform,
    integer: (n) => Math.floor(uniform() * n),
    normal: () => 0,
    used: () => used,
  };
}
