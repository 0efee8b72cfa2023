/**
 * Keyed random streams: every random number is a function of a seed, a purpose and integer keys (epoch,
 * update, sample …), so that workers, decoding order and resuming change nothing.
 *
 * The key is hashed to 128 bits (four lanes of MurmurHash3's finaliser), which seed an sfc32 generator
 * (Chris Doty-Humphrey, PractRand).
 */

/** A stream of random numbers. */
export interface RandomStream {
  /** The next 32 random bits, an unsigned integer. */
  uint32(): number;
  /** Uniform in [0, 1), 53 random bits. */
  uniform(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
}

/** What a stream is for; each purpose has numbers of its own. */
export type Purpose = "init" | "shuffle" | "augment" | "mix" | "erase" | "dropout";

/** Version of the scheme, saved with checkpoints: a change of the numbers raises it. */
export const RANDOM_SCHEME = 1;

/**
 * The stream of a key.
 *
 * @param seed - Any safe integer.
 * @param purpose - What the numbers are for.
 * @param keys - Integers or names that tell this stream from the others, e.g. epoch and sample index.
 * @returns A stream that always starts at the same number for the same arguments.
 * @example
 * const a = keyedRandom(42, "shuffle", 0).uniform();
 * a === keyedRandom(42, "shuffle", 0).uniform(); // => true
 * a === keyedRandom(42, "shuffle", 1).uniform(); // => false
 */
export function keyedRandom(seed: number, purpose: Purpose, ...keys: (number | string)[]): RandomStream {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`keyedRandom: seed must be a safe integer, got ${seed}`);
  }
  const text = [seed, purpose, ...keys].join("/");
  const lanes = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344].map((salt) => hash(text, salt));
  const [a = 0, b = 0, c = 0, d = 0] = lanes;
  return sfc32(a, b, c, d);
}

/**
 * A permutation of 0 … n - 1 (Fisher and Yates).
 *
 * @param n - Length, an integer >= 0.
 * @param random - Where the numbers come from.
 */
export function permutation(n: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = held;
  }
  return order;
}

function hash(text: string, salt: number): number {
  let h = salt;
  for (let i = 0; i < text.length; i++) h = finalize(h ^ text.charCodeAt(i)) + 0x9e3779b9;
  return finalize(h);
}

function finalize(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function sfc32(a0: number, b0: number, c0: number, counter0: number): RandomStream {
  let a = a0;
  let b = b0;
  let c = c0;
  let counter = counter0;
  let cached: number | null = null;
  const uint32 = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) uint32();
  const uniform = () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  return {
    uint32,
    uniform,
    integer: (n) => Math.floor(uniform() * n),
    normal() {
      if (cached !== null) {
        const value = cached;
        cached = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      cached = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}
