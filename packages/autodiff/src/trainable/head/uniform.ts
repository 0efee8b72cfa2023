/** Uniform random numbers for new layers. */
import { getTextEncoding } from "@bufbuild/protobuf/wire";

/**
 * Numbers evenly spread over [-bound, bound), the same for the same seed and name.
 *
 * The generator is PCG32 (XSH RR 64/32), whose sequence the name selects.
 *
 * @param bound - > 0.
 * @param seed - A safe integer.
 * @param name - Each tensor has a stream of its own.
 */
export function uniformNumbers(
  length: number,
  bound: number,
  seed: number,
  name: string,
): Float32Array<ArrayBuffer> {
  const next = pcg32(BigInt(seed), hashOf(name));
  return Float32Array.from({ length }, () => bound * (2 * (next() / 2 ** 32) - 1));
}

const [multiplier, mask] = [6364136223846793005n, 2n ** 64n - 1n];

/** Integers of 32 bits. */
function pcg32(seed: bigint, sequence: bigint): () => number {
  const increment = ((sequence << 1n) | 1n) & mask;
  let state = 0n;
  const step = () => {
    const old = state;
    state = (old * multiplier + increment) & mask;
    const shifted = Number((((old >> 18n) ^ old) >> 27n) & 0xffffffffn);
    const turn = Number(old >> 59n);
    return ((shifted >>> turn) | (shifted << (-turn & 31))) >>> 0;
  };
  step();
  state = (state + (seed & mask)) & mask;
  step();
  return step;
}

/** FNV-1a of 64 bits. */
function hashOf(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of getTextEncoding().encodeUtf8(text)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & mask;
  }
  return hash;
}
