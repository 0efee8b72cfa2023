/** Operations of a policy, with their chances and magnitudes. */
import type { RandomStream } from "../../../random/keyed-random.ts";
import {
  type DrawnOperation,
  drawOperation,
  type OperationName,
  type OperationSettings,
} from "./operations.ts";

/** Magnitude at which an operation is at level 1. */
const FULL_MAGNITUDE = 10;

/** Distribution of magnitudes around those of a policy. */
export interface MagnitudeNoise {
  /** Standard deviation; 0: none; Infinity: magnitudes are uniform from 0 to the policy's. */
  readonly std: number;
  /** Largest magnitude; others are clipped to 0 … max. */
  readonly max: number;
}

/** timm's bound, unless a policy has another. */
export const DEFAULT_NOISE: MagnitudeNoise = { std: 0, max: FULL_MAGNITUDE };

/** An operation of a policy. */
export interface PolicyOperation {
  readonly name: OperationName;
  /** Chance that it is applied, in [0, 1]. */
  readonly probability: number;
  /** Of the policy, >= 0. */
  readonly magnitude: number;
}

/**
 * Draws whether an operation is applied, its magnitude and what follows from it.
 *
 * @param operation - The operation.
 * @param noise - Distribution of the magnitude.
 * @param settings - Of the policy.
 * @param random - Where the numbers come from.
 * @returns null: it is not applied.
 * @see timm `timm/data/auto_augment.py`, `AugmentOp`
 */
export function drawPolicyOperation(
  { name, probability, magnitude }: PolicyOperation,
  noise: MagnitudeNoise,
  settings: OperationSettings,
  random: RandomStream,
): DrawnOperation | null {
  if (random.uniform() >= probability) return null;
  const drawn = drawMagnitude(magnitude, noise, random);
  return drawOperation(name, drawn / FULL_MAGNITUDE, settings, random);
}

function drawMagnitude(magnitude: number, { std, max }: MagnitudeNoise, random: RandomStream): number {
  const drawn =
    std === Number.POSITIVE_INFINITY
      ? magnitude * random.uniform()
      : magnitude + (std > 0 ? std * random.normal() : 0);
  return Math.max(0, Math.min(drawn, max));
}
