/** Words of state, and the distance between the two that make the next. */
const SIZE = 624;
const SHIFT = 397;
/** State words that the first four draws need. */
const FIRST = SHIFT + 4;

/** The words of one or more generators, word j of the one in `lane` at j × lanes + lane. */
interface Words {
  readonly state: Int32Array;
  readonly lanes: number;
  readonly lane: number;
}

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
  readonly #state: Int32Array;
  readonly #lanes: number;
  readonly #lane: number;
  #seeded = 0;
  #position = 0;

  /**
   * @param seed - See {@link Mt19937.seed}.
   * @param words - Where its state lies; absent: in memory of its own.
   */
  constructor(seed: number, words: Words = { state: new Int32Array(SIZE), lanes: 1, lane: 0 }) {
    this.#state = words.state;
    this.#lanes = words.lanes;
    this.#lane = words.lane;
    this.seed(seed);
  }

  /** Four generators for {@link Mt19937.seedFour}. */
  static four(): Mt19937[] {
    const state = new Int32Array(4 * SIZE);
    return [0, 1, 2, 3].map((lane) => new Mt19937(lane, { state, lanes: 4, lane }));
  }

  /**
   * Starts four generators over with `seed`, `seed` + 1, `seed` + 2 and `seed` + 3 in hardly more time than one:
   * each word of a state waits for the one before, so the processor works on the four states side by side.
   *
   * @param generators - From {@link Mt19937.four}.
   * @param seed - A whole number, of which the low 32 bits count.
   */
  static seedFour(generators: readonly Mt19937[], seed: number): void {
    const [first] = generators;
    if (!first) return;
    for (const generator of generators) generator.seed(seed + generator.#lane);
    const state = first.#state;
    let w = word(state, 0);
    let x = word(state, 1);
    let y = word(state, 2);
    let z = word(state, 3);
    for (let j = 1; j < FIRST; j++) {
      state[4 * j] = w = nextWord(w, j);
      state[4 * j + 1] = x = nextWord(x, j);
      state[4 * j + 2] = y = nextWord(y, j);
      state[4 * j + 3] = z = nextWord(z, j);
    }
    for (const generator of generators) generator.#seeded = FIRST;
  }

  /**
   * Starts over.
   *
   * @param seed - A whole number, of which the low 32 bits count.
   */
  seed(seed: number): void {
    this.#state[this.#lane] = seed;
    this.#seeded = 1;
    this.#position = 0;
  }

  /** The next 32 random bits, an unsigned integer. */
  uint32(): number {
    const k = this.#position;
    const next = k + 1 === SIZE ? 0 : k + 1;
    const far = k + SHIFT < SIZE ? k + SHIFT : k + SHIFT - SIZE;
    this.#seedUpTo(Math.min(k + SHIFT, SIZE - 1));
    const y = (this.#word(k) & 0x80000000) | (this.#word(next) & 0x7fffffff);
    const twisted = this.#word(far) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    this.#state[k * this.#lanes + this.#lane] = twisted;
    this.#position = next;
    return temper(twisted);
  }

  #seedUpTo(last: number): void {
    const state = this.#state;
    let previous = this.#word(this.#seeded - 1);
    for (let j = this.#seeded; j <= last; j++) {
      previous = nextWord(previous, j);
      state[j * this.#lanes + this.#lane] = previous;
    }
    if (last >= this.#seeded) this.#seeded = last + 1;
  }

  #word(j: number): number {
    return word(this.#state, j * this.#lanes + this.#lane);
  }
}

function word(state: Int32Array, index: number): number {
  return state[index] ?? 0;
}

/** Word j of a seeded state, from the one before. */
function nextWord(previous: number, j: number): number {
  return (Math.imul(1812433253, previous ^ (previous >>> 30)) + j) | 0;
}

function temper(twisted: number): number {
  let y = twisted;
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}
