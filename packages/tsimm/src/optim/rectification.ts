/** Rectification of adaptive steps while few gradients have been seen. */

/**
 * Length of the simple mean that a running mean of squares stands for at an update:
 * ρ = ρ∞ - 2t β₂ᵗ / (1 - β₂ᵗ), ρ∞ = 2 / (1 - β₂) - 1 (Liu et al., arXiv:1908.03265).
 */
export function smoothedLength(beta2: number, step: number): number {
  return longest(beta2) - (2 * step * beta2 ** step) / (1 - beta2 ** step);
}

/** The factor on the adaptive step at a length: √((ρ - 4)(ρ - 2)ρ∞ / ((ρ∞ - 4)(ρ∞ - 2)ρ)). */
export function rectification(beta2: number, length: number): number {
  const limit = longest(beta2);
  return Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length));
}

function longest(beta2: number): number {
  return 2 / (1 - beta2) - 1;
}
