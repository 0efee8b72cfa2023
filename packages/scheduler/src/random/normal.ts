import { Mt19937 } from "./mt19937.ts";

/**
 * PyTorch's CPU generator, bit for bit: what `torch.randn(1)` and `torch.rand(1)` return after
 * `torch.manual_seed`. Tensors of 16 elements and more take another path there and get other numbers.
 *
 * @example
 * const generator = new TorchGenerator(42);
 * generator.normal(); // => 0.33669036626815796
 * generator.normal(); // => 0.12880940735340118
 * @see PyTorch `aten/src/ATen/core/DistributionsHelper.h`
 */
export class TorchGenerator {
  readonly #twister: Mt19937;
  #cached: number | null = null;

  /**
   * @param seed - A whole number, of which the low 32 bits count.
   * @param twister - Already seeded source of its bits; absent: one of its own.
   */
  constructor(seed: number, twister: Mt19937 = new Mt19937(seed)) {
    this.#twister = twister;
  }

  /** Four generators for {@link TorchGenerator.seedFour}. */
  static four(): TorchGenerator[] {
    return Mt19937.four().map((twister, seed) => new TorchGenerator(seed, twister));
  }

  /**
   * Starts four generators over with `seed`, `seed` + 1, `seed` + 2 and `seed` + 3, in hardly more time than one.
   *
   * @param generators - From {@link TorchGenerator.four}.
   * @param seed - A whole number, of which the low 32 bits count.
   */
  static seedFour(generators: readonly TorchGenerator[], seed: number): void {
    Mt19937.seedFour(
      generators.map((generator) => generator.#twister),
      seed,
    );
    for (const generator of generators) generator.#cached = null;
  }

  /** Uniform in [0, 1), a float32: the low 24 bits of one word. */
  uniform(): number {
    return (this.#twister.uint32() & 0xffffff) / 2 ** 24;
  }

  /** Normal with mean 0 and standard deviation 1, a float32 (Box and Muller, the sine kept for the next call). */
  normal(): number {
    if (this.#cached !== null) {
      const value = this.#cached;
      this.#cached = null;
      return Math.fround(value);
    }
    const u1 = this.#uniformDouble();
    const u2 = this.#uniformDouble();
    const radius = Math.sqrt(-2 * Math.log(1 - u2));
    const angle = 2 * Math.PI * u1;
    this.#cached = radius * Math.sin(angle);
    return Math.fround(radius * Math.cos(angle));
  }

  /** Uniform in [0, 1), 53 bits of two words, the high one first. */
  #uniformDouble(): number {
    const high = this.#twister.uint32() & 0x1fffff;
    return (high * 2 ** 32 + this.#twister.uint32()) / 2 ** 53;
  }
}
