/** Words of state, and the distance between the two that make the next. */
const SIZE = 624;
const SHIFT = 397;

/**
 * The Mersenne Twister, with PyTorch's seeding and only as much of it as is asked for: the first draws of a
 * fresh seed need 401 of the 624 words, the tenth part of the work.
 *
 * @example
 * const generator = new Mt19937(42);
 * generator.uint32(); // => 1608637542
 * generator.uint32(); // => 3421126067
 * @see M. Matsumoto, T. Nishimura, "Mersenne Twister", 1998
 */
export class Mt19937 {
  readonly #state = new Uint32Array(SIZE);
  #seeded = 0;
  #position = 0;

  /** @param seed - See {@link Mt19937.seed}. */
  constructor(seed: number) {
    this.seed(seed);
  }

  /**
   * Starts over.
   *
   * @param seed - A whole number, of which the low 32 bits count.
   */
  seed(seed: number): void {
    this.#state[0] = seed;
    this.#seeded = 1;
    this.#position = 0;
  }

  /** The next 32 random bits, an unsigned integer. */
  uint32(): number {
    const k = this.#position;
    const next = k + 1 === SIZE ? 0 : k + 1;
    const far = k + SHIFT < SIZE ? k + SHIFT : k + SHIFT - SIZE;
    this.#seedUpTo(Math.min(k + SHIFT, SIZE - 1));
    const state = this.#state;
    const y = (word(state, k) & 0x80000000) | (word(state, next) & 0x7fffffff);
    const twisted = word(state, far) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    state[k] = twisted;
    this.#position = next;
    return temper(twisted);
  }

  #seedUpTo(last: number): void {
    const state = this.#state;
    for (let j = this.#seeded; j <= last; j++) {
      const previous = word(state, j - 1);
      state[j] = Math.imul(1812433253, previous ^ (previous >>> 30)) + j;
    }
    if (last >= this.#seeded) this.#seeded = last + 1;
  }
}

function word(state: Uint32Array, index: number): number {
  return state[index] ?? 0;
}

function temper(twisted: number): number {
  let y = twisted;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}
