/** Random numbers of the symmetric beta and Dirichlet distributions. */
import type { RandomStream } from "../random/keyed-random.ts";

/**
 * A number from the symmetric beta distribution: mean 1/2, variance 1 / (4·(2·alpha + 1)).
 *
 * With G ~ Gamma(alpha) twice, Beta = G₁ / (G₁ + G₂), computed from logarithms so that a small alpha does not
 * underflow.
 *
 * @param alpha - Shape, > 0; 1 is uniform, less prefers the ends 0 and 1.
 * @param random - Where the numbers come from.
 * @returns A number in [0, 1].
 * @see G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables" (2000)
 */
export function symmetricBeta(alpha: number, random: RandomStream): number {
  const first = logGamma(alpha, random);
  const second = logGamma(alpha, random);
  return 1 / (1 + Math.exp(second - first));
}

/**
 * Numbers of sum 1 from the symmetric Dirichlet distribution, Gamma(alpha) each, divided by their sum.
 *
 * @param alpha - Shape, > 0.
 * @param count - How many, >= 1.
 * @param random - Where the numbers come from.
 */
export function symmetricDirichlet(alpha: number, count: number, random: RandomStream): number[] {
  const logs = Array.from({ length: count }, () => logGamma(alpha, random));
  const largest = Math.max(...logs);
  const values = logs.map((log) => Math.exp(log - largest));
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** The logarithm of a number from Gamma(alpha): Gamma(alpha) = Gamma(alpha + 1)·U^(1 / alpha). */
function logGamma(alpha: number, random: RandomStream): number {
  const d = alpha + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  while (true) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const accepted = Math.log(1 - random.uniform()) < x * x * 0.5 + d - d * v + d * Math.log(v);
    if (accepted) return Math.log(d * v) + Math.log(1 - random.uniform()) / alpha;
  }
}
