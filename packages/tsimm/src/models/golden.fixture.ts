/** Numbers from names, as the golden files' README defines them, and how to read those files. */
import { readFileSync } from "node:fs";

const goldenFolder = new URL("../../../../test/golden/train/", import.meta.url);

/** One of the files below `test/golden/train`. */
export function readGolden<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, goldenFolder), "utf8"));
}

const mix = (value: number) => {
  let x = value;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
};

const fnv1a = (name: string) => {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
};

/** Random bits that belong to a tensor. */
export function goldenBits(salt: number, name: string, index: number): number {
  const key = mix((fnv1a(name) ^ mix(salt)) >>> 0);
  return mix((key + Math.imul(index, 0x9e3779b9)) >>> 0);
}

/** Odd integers in [-65535, 65535] that belong to a tensor. */
export function goldenIntegers(salt: number, name: string, length: number): Float64Array {
  const key = mix((fnv1a(name) ^ mix(salt)) >>> 0);
  return Float64Array.from(
    { length },
    (_, i) => 2 * (mix((key + Math.imul(i, 0x9e3779b9)) >>> 0) >>> 16) - 65535,
  );
}

/** The integers times 2^-exponent, plus an offset. */
export function goldenTensor(
  salt: number,
  name: string,
  length: number,
  exponent: number,
  offset = 0,
): Float32Array {
  return Float32Array.from(goldenIntegers(salt, name, length), (c) => offset + c * 2 ** -exponent);
}

/** Euclidean norm. */
export function l2(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}
