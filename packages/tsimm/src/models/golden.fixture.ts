/** Numbers from names, as the golden files' README defines them, and how to read those files. */
import { readFileSync } from "node:fs";
import type { Model } from "./model.ts";

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
export function goldenIntegers(salt: number, name: string, length: number): Int32Array {
  const key = mix((fnv1a(name) ^ mix(salt)) >>> 0);
  const integers = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    integers[i] = 2 * (mix((key + Math.imul(i, 0x9e3779b9)) >>> 0) >>> 16) - 65535;
  }
  return integers;
}

/** The integers times 2^-exponent, plus an offset. */
export function goldenTensor(
  salt: number,
  name: string,
  length: number,
  exponent: number,
  offset = 0,
): Float32Array {
  const unit = 2 ** -exponent;
  const values = new Float32Array(length);
  for (const [i, c] of goldenIntegers(salt, name, length).entries()) values[i] = offset + c * unit;
  return values;
}

/** Euclidean norm. */
export function l2(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? Number.NaN) ** 2;
  return Math.sqrt(sum);
}

/**
 * The value of every element of a state tensor, by the rules of the golden files' README.
 *
 * @param lastNorms - Names of the weights of each residual block's last normalization.
 */
export function goldenState(
  salt: number,
  name: string,
  shape: readonly number[],
  lastNorms: ReadonlySet<string> = new Set(),
): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1);
  if (name.endsWith(".bias") || name.endsWith(".running_mean")) return goldenTensor(salt, name, length, 18);
  if (shape.length === 1) return goldenTensor(salt, name, length, 18, lastNorms.has(name) ? 0.5 : 1);
  const fanIn = shape.slice(1).reduce((product, size) => product * size, 1);
  let exponent = 0;
  while (6 * 4 ** exponent < fanIn) exponent++;
  return goldenTensor(salt, name, length, 16 + exponent);
}

/**
 * Fills a model's state with golden values.
 *
 * @param options - `lastNorms`: weights of each residual block's last normalization are about 0.5, as in the files of
 * `../train`.
 */
export function fillGolden(
  salt: number,
  model: Pick<Model, "state">,
  { lastNorms: halved = true }: { readonly lastNorms?: boolean } = {},
): void {
  const names = model.state.map(({ name }) => name);
  const third = new Set(names.filter((name) => /^layer\d+\.\d+\.bn3\.weight$/.test(name)));
  const lastNorms = new Set(
    names.filter(
      (name) =>
        third.has(name) ||
        (/^layer\d+\.\d+\.bn2\.weight$/.test(name) && !third.has(name.replace("bn2", "bn3"))),
    ),
  );
  for (const { name, shape, data } of model.state) {
    if (data instanceof Float32Array)
      data.set(goldenState(salt, name, shape, halved ? lastNorms : new Set()));
    else data.fill(0n);
  }
}

/** [L2 norm, first values …] of a tensor in a golden file. */
export type Fingerprint = readonly number[];

/**
 * How far a tensor is from a fingerprint: the largest difference of norm and first values, relative to the norm.
 */
export function fingerprintError(
  values: ArrayLike<number>,
  [norm = Number.NaN, ...first]: Fingerprint,
): number {
  const differences = first.map((value, i) => Math.abs((values[i] ?? Number.NaN) - value));
  return Math.max(Math.abs(l2(values) - norm), ...differences) / norm;
}

/** Keeps a copy of a model's state; the function it returns puts it back. */
export function snapshot(model: Pick<Model, "state">): () => void {
  const restores = model.state.map(({ data }) => {
    if (data instanceof Float32Array) {
      const saved = data.slice();
      return () => data.set(saved);
    }
    const saved = data.slice();
    return () => data.set(saved);
  });
  return () => {
    for (const restore of restores) restore();
  };
}
