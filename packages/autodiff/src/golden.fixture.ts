/** Golden numbers printed by PyTorch, and the integers that its inputs were made from. */
import { readFileSync } from "node:fs";

/** Reads one of the files in test/golden/train. */
export function readGolden(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../test/golden/train/${file}`, import.meta.url), "utf8"));
}

/** Element i of the stream `name`: 32 random bits. */
export function goldenBits(salt: number, name: string): (index: number) => number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  const key = mix((hash ^ mix(salt)) >>> 0);
  return (index) => mix((key + Math.imul(index, 0x9e3779b9)) >>> 0);
}

/** `count` odd integers in [-65535, 65535] of the stream `name`, times `scale`. */
export function goldenNumbers(salt: number, name: string, count: number, scale: number): Float32Array {
  const bits = goldenBits(salt, name);
  return Float32Array.from({ length: count }, (_, index) => (2 * (bits(index) >>> 16) - 65535) * scale);
}

function mix(value: number): number {
  let x = value;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}
