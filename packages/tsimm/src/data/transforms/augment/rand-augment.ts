/** RandAugment: a few operations of a set, drawn for each image. */
import type { RandomStream } from "../../../random/keyed-random.ts";
import type { DrawnOperation, OperationName, OperationSettings } from "./operations.ts";
import { DEFAULT_NOISE, drawPolicyOperation, type MagnitudeNoise } from "./policy-operation.ts";
import { readSections } from "./policy-sections.ts";

/** A RandAugment policy. */
export interface RandAugment {
  readonly kind: "rand";
  readonly names: readonly OperationName[];
  /** Chance of each operation, of sum 1; then none is drawn twice. null: all alike, with replacement. */
  readonly weights: readonly number[] | null;
  /** Operations drawn for an image. */
  readonly layers: number;
  /** Chance that a drawn operation is applied. */
  readonly probability: number;
  readonly magnitude: number;
  readonly noise: MagnitudeNoise;
}

const ALWAYS = ["AutoContrast", "Equalize", "Invert", "Rotate"] as const;
const MOVES = ["ShearX", "ShearY", "TranslateXRel", "TranslateYRel"] as const;

const PLAIN: readonly OperationName[] = [
  ...ALWAYS,
  ...(["Posterize", "Solarize", "SolarizeAdd", "Color", "Contrast", "Brightness", "Sharpness"] as const),
  ...MOVES,
];

const INCREASING: readonly OperationName[] = [
  ...ALWAYS,
  ...(["PosterizeIncreasing", "SolarizeIncreasing", "SolarizeAdd", "ColorIncreasing"] as const),
  ...(["ContrastIncreasing", "BrightnessIncreasing", "SharpnessIncreasing"] as const),
  ...MOVES,
];

/** Operations to draw from. */
type OperationSet = Pick<RandAugment, "names" | "weights">;

const alike = (names: readonly OperationName[]): OperationSet => ({ names, weights: null });

/** @param groups - Operations of one weight each. */
function weighted(...groups: readonly (readonly [number, ...OperationName[]])[]): OperationSet {
  const rows = groups.flatMap(([weight, ...names]) => names.map((name) => ({ name, weight })));
  const sum = rows.reduce((total, { weight }) => total + weight, 0);
  return { names: rows.map(({ name }) => name), weights: rows.map(({ weight }) => weight / sum) };
}

const FACTORS = ["ColorIncreasing", "SharpnessIncreasing"] as const;
const LIGHT = ["ContrastIncreasing", "BrightnessIncreasing"] as const;

/** Sets that section t names; with weights, none is drawn twice. */
const SETS: Readonly<Record<string, OperationSet>> = {
  weights: weighted(
    [3, "Rotate"],
    [2, "ShearX", "ShearY"],
    [1, "TranslateXRel", "TranslateYRel"],
    [0.25, ...FACTORS, "AutoContrast"],
    [0.05, "SolarizeIncreasing", "SolarizeAdd", ...LIGHT, "Equalize", "PosterizeIncreasing", "Invert"],
  ),
  "3a": alike(["SolarizeIncreasing", "Desaturate", "GaussianBlur"]),
  "3aw": weighted(
    [6, "SolarizeIncreasing", "Desaturate", "GaussianBlur"],
    [3, "Rotate"],
    [2, "ShearX", "ShearY"],
    [1, "PosterizeIncreasing", "AutoContrast", ...FACTORS, ...LIGHT, "Equalize", "Invert"],
  ),
};

const SECTIONS = {
  m: { type: "integer", example: "m9" },
  n: { type: "integer", max: 100, example: "n2" },
  p: { type: "number", max: 1, example: "p0.5" },
  mstd: { type: "number", example: "mstd0.5" },
  mmax: { type: "integer", min: 1, example: "mmax10" },
  inc: { type: "switch", example: "inc1" },
  t: { type: "word", words: Object.keys(SETS), example: "tweights" },
} as const;

/** Deviations above that stand for a uniform magnitude. */
const LARGEST_STD = 100;

/**
 * Reads a policy such as `rand-m9-mstd0.5-inc1`.
 *
 * Sections: m, magnitude (10); n, operations (2); p, chance of each (0.5); mstd, deviation of the magnitude (0; above 100:
 * uniform in 0 … m); mmax, largest magnitude (10); inc, operations that grow with the magnitude, whatever number follows;
 * t, another set of operations.
 *
 * @param text - The policy.
 * @param refuse - Makes the error from what is wrong.
 * @see timm `timm/data/auto_augment.py`, `rand_augment_transform`
 */
export function readRandAugment(text: string, refuse: (reason: string) => Error): RandAugment {
  const {
    m = 10,
    n = 2,
    p = 0.5,
    mstd = 0,
    mmax = DEFAULT_NOISE.max,
    inc,
    t,
  } = readSections(text, SECTIONS, refuse);
  const plain = alike(inc === undefined ? PLAIN : INCREASING);
  const { names, weights } = t === undefined ? plain : (SETS[t] ?? plain);
  if (weights !== null && n > names.length) {
    throw refuse(`section "n${n}" must be at most n${names.length}: t${t} draws no operation twice`);
  }
  const std = mstd > LARGEST_STD ? Number.POSITIVE_INFINITY : mstd;
  return {
    ...{ kind: "rand", names, weights, layers: n, probability: p, magnitude: m },
    noise: { std, max: mmax },
  };
}

/** Draws the operations for an image. */
export function drawRandAugment(
  { names, weights, layers, probability, magnitude, noise }: RandAugment,
  settings: OperationSettings,
  random: RandomStream,
): DrawnOperation[] {
  const left = weights === null ? null : [...weights];
  const drawn: DrawnOperation[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const place = left === null ? random.integer(names.length) : drawPlace(left, random);
    const name = names[place];
    if (name === undefined) continue;
    const operation = drawPolicyOperation({ name, probability, magnitude }, noise, settings, random);
    if (operation !== null) drawn.push(operation);
  }
  return drawn;
}

/** A place, with a chance proportional to its weight, which becomes 0. */
function drawPlace(weights: number[], random: RandomStream): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let rest = random.uniform() * sum;
  let place = weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  if (place < 0) place = weights.findLastIndex((weight) => weight > 0);
  weights[place] = 0;
  return place;
}
