/** AugMix: a mixture of an image and several chains of operations on it. */
import type { RandomStream } from "../../../random/keyed-random.ts";
import { symmetricBeta, symmetricDirichlet } from "../../beta-distribution.ts";
import type { Image } from "../image.ts";
import { blend, weightedSum } from "./blend.ts";
import {
  applyOperation,
  type DrawnOperation,
  type OperationName,
  type OperationSettings,
} from "./operations.ts";
import { DEFAULT_NOISE, drawPolicyOperation, type MagnitudeNoise } from "./policy-operation.ts";
import { readSections } from "./policy-sections.ts";

/** An AugMix policy. */
export interface AugMix {
  readonly kind: "augmix";
  readonly magnitude: number;
  /** Chains. */
  readonly width: number;
  /** Operations of a chain; 0: 1 to 3, drawn for each. */
  readonly depth: number;
  /** Of the Beta and Dirichlet distributions of the mixture. */
  readonly alpha: number;
  /** Chains are mixed in one after another, rounded each time. */
  readonly blended: boolean;
  readonly noise: MagnitudeNoise;
}

/** A mixture as it was drawn. */
export interface DrawnMixture {
  /** Share of the chains in the result; the rest is the image. */
  readonly share: number;
  readonly chains: readonly { readonly weight: number; readonly operations: readonly DrawnOperation[] }[];
}

/** Operations of the chains. */
export const AUG_MIX_NAMES: readonly OperationName[] = [
  ...(["AutoContrast", "ColorIncreasing", "ContrastIncreasing", "BrightnessIncreasing"] as const),
  ...(["SharpnessIncreasing", "Equalize", "Rotate", "PosterizeIncreasing", "SolarizeIncreasing"] as const),
  ...(["ShearX", "ShearY", "TranslateXRel", "TranslateYRel"] as const),
];

/** Operations of a chain where the depth is drawn. */
const LARGEST_DEPTH = 3;

const SECTIONS = {
  m: { type: "integer", example: "m3" },
  w: { type: "integer", min: 1, max: 100, example: "w3" },
  d: { type: "integer", max: 100, example: "d2" },
  a: { type: "number", above: 0, example: "a1" },
  b: { type: "switch", example: "b1" },
  mstd: { type: "number", example: "mstd0.5" },
} as const;

/**
 * Reads a policy such as `augmix-m5-w4-d2`.
 *
 * Sections: m, magnitude (3); w, chains (3); d, operations of each (absent or 0: 1 to 3); a, alpha of the mixture (1); b,
 * chains are blended in one after another, whatever number follows; mstd, deviation of the magnitude (absent: uniform in
 * 0 … m).
 *
 * @param text - The policy.
 * @param refuse - Makes the error from what is wrong.
 * @see timm `timm/data/auto_augment.py`, `augment_and_mix_transform`
 */
export function readAugMix(text: string, refuse: (reason: string) => Error): AugMix {
  const {
    m = 3,
    w = 3,
    d = 0,
    a = 1,
    b,
    mstd = Number.POSITIVE_INFINITY,
  } = readSections(text, SECTIONS, refuse);
  return {
    ...{ kind: "augmix", magnitude: m, width: w, depth: d, alpha: a, blended: b !== undefined },
    noise: { ...DEFAULT_NOISE, std: mstd },
  };
}

/** Draws the mixture for an image. */
export function drawAugMix(policy: AugMix, settings: OperationSettings, random: RandomStream): DrawnMixture {
  const { magnitude, width, depth, alpha, noise } = policy;
  const weights = symmetricDirichlet(alpha, width, random);
  const share = Math.fround(symmetricBeta(alpha, random));
  const chains = weights.map((weight) => {
    const length = depth > 0 ? depth : 1 + random.integer(LARGEST_DEPTH);
    const operations: DrawnOperation[] = [];
    for (let i = 0; i < length; i++) {
      const name = AUG_MIX_NAMES[random.integer(AUG_MIX_NAMES.length)] ?? "AutoContrast";
      const drawn = drawPolicyOperation({ name, probability: 1, magnitude }, noise, settings, random);
      if (drawn !== null) operations.push(drawn);
    }
    return { weight: Math.fround(weight), operations };
  });
  return { share, chains };
}

/**
 * Mixes an image with what its chains make of it.
 *
 * (1 - share) image + share Σ weight·chain; the sum is truncated before it is blended in. `blended` blends in chain after
 * chain.
 *
 * @see timm `timm/data/auto_augment.py`, `AugMixAugment`
 */
export function applyMixture(
  image: Image,
  { share, chains }: DrawnMixture,
  settings: Pick<OperationSettings, "fill">,
  blended: boolean,
): Image {
  const parts = chains.map(({ weight, operations }) => ({
    weight,
    image: operations.reduce((changed, drawn) => applyOperation(changed, drawn, settings), image),
  }));
  if (!blended) return blend(image, weightedSum(parts) ?? image, share);
  const shares = successiveShares(chains.map(({ weight }) => Math.fround(weight * share)));
  return parts.reduce((mixed, part, i) => blend(mixed, part.image, shares[i] ?? 0), image);
}

/** Shares with which images are blended in one after another, so that in the end they have the given weights. */
function successiveShares(weights: readonly number[]): number[] {
  let left = 1;
  const shares: number[] = [];
  for (const weight of weights.toReversed()) {
    const share = weight / left;
    left *= 1 - share;
    shares.push(Math.fround(share));
  }
  return shares.reverse();
}
