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

  /** @param seed - A whole number, of which the low 32 bits count. */
  constructor(seed: number) {
    this.#twister = new Mt19937(seed);
  }

  /**
   * Starts over, without a new generator's memory.
   *
   * @param seed - A whole number, of which the low 32 bits count.
   */
  seed(seed: number): void {
    this.#twister.seed(seed);
    this.#cached = null;
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
