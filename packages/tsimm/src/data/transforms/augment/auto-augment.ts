/** AutoAugment: one of a list of pairs of operations, drawn for each image. */
import type { RandomStream } from "../../../random/keyed-random.ts";
import type { DrawnOperation, OperationName, OperationSettings } from "./operations.ts";
import {
  DEFAULT_NOISE,
  drawPolicyOperation,
  type MagnitudeNoise,
  type PolicyOperation,
} from "./policy-operation.ts";
import { readSections } from "./policy-sections.ts";

/** An AutoAugment policy. */
export interface AutoAugment {
  readonly kind: "auto";
  /** One of them is drawn for an image. */
  readonly choices: readonly (readonly PolicyOperation[])[];
  readonly noise: MagnitudeNoise;
}

/** Name, chance and magnitude of an operation. */
type Row = readonly [OperationName, number, number];

/**
 * ImageNet policy of the paper.
 *
 * @see E. D. Cubuk et al., "AutoAugment: learning augmentation policies from data" (2019), table 9
 */
const ORIGINAL: readonly (readonly Row[])[] = [
  pair("PosterizeOriginal", 0.4, 8, "Rotate", 0.6, 9),
  pair("Solarize", 0.6, 5, "AutoContrast", 0.6, 5),
  pair("Equalize", 0.8, 8, "Equalize", 0.6, 3),
  pair("PosterizeOriginal", 0.6, 7, "PosterizeOriginal", 0.6, 6),
  pair("Equalize", 0.4, 7, "Solarize", 0.2, 4),
  pair("Equalize", 0.4, 4, "Rotate", 0.8, 8),
  pair("Solarize", 0.6, 3, "Equalize", 0.6, 7),
  pair("PosterizeOriginal", 0.8, 5, "Equalize", 1, 2),
  pair("Rotate", 0.2, 3, "Solarize", 0.6, 8),
  pair("Equalize", 0.6, 8, "PosterizeOriginal", 0.4, 6),
  pair("Rotate", 0.8, 8, "Color", 0.4, 0),
  pair("Rotate", 0.4, 9, "Equalize", 0.6, 2),
  pair("Equalize", 0, 7, "Equalize", 0.8, 8),
  pair("Invert", 0.6, 4, "Equalize", 1, 8),
  pair("Color", 0.6, 4, "Contrast", 1, 8),
  pair("Rotate", 0.8, 8, "Color", 1, 2),
  pair("Color", 0.8, 8, "Solarize", 0.8, 7),
  pair("Sharpness", 0.4, 7, "Invert", 0.6, 8),
  pair("ShearX", 0.6, 5, "Equalize", 1, 9),
  pair("Color", 0.4, 0, "Equalize", 0.6, 3),
  pair("Equalize", 0.4, 7, "Solarize", 0.2, 4),
  pair("Solarize", 0.6, 5, "AutoContrast", 0.6, 5),
  pair("Invert", 0.6, 4, "Equalize", 1, 8),
  pair("Color", 0.6, 4, "Contrast", 1, 8),
  pair("Equalize", 0.8, 8, "Equalize", 0.6, 3),
];

/** Policy v0 of the EfficientNet implementation for TPU. */
const V0: readonly (readonly Row[])[] = [
  pair("Equalize", 0.8, 1, "ShearY", 0.8, 4),
  pair("Color", 0.4, 9, "Equalize", 0.6, 3),
  pair("Color", 0.4, 1, "Rotate", 0.6, 8),
  pair("Solarize", 0.8, 3, "Equalize", 0.4, 7),
  pair("Solarize", 0.4, 2, "Solarize", 0.6, 2),
  pair("Color", 0.2, 0, "Equalize", 0.8, 8),
  pair("Equalize", 0.4, 8, "SolarizeAdd", 0.8, 3),
  pair("ShearX", 0.2, 9, "Rotate", 0.6, 8),
  pair("Color", 0.6, 1, "Equalize", 1, 2),
  pair("Invert", 0.4, 9, "Rotate", 0.6, 0),
  pair("Equalize", 1, 9, "ShearY", 0.6, 3),
  pair("Color", 0.4, 7, "Equalize", 0.6, 0),
  pair("Posterize", 0.4, 6, "AutoContrast", 0.4, 7),
  pair("Solarize", 0.6, 8, "Color", 0.6, 9),
  pair("Solarize", 0.2, 4, "Rotate", 0.8, 9),
  pair("Rotate", 1, 7, "TranslateYRel", 0.8, 9),
  pair("ShearX", 0, 0, "Solarize", 0.8, 4),
  pair("ShearY", 0.8, 0, "Color", 0.6, 4),
  pair("Color", 1, 0, "Rotate", 0.6, 2),
  pair("Equalize", 0.8, 4, "Equalize", 0, 8),
  pair("Equalize", 1, 4, "AutoContrast", 0.6, 2),
  pair("ShearY", 0.4, 7, "SolarizeAdd", 0.6, 7),
  pair("Posterize", 0.8, 2, "Solarize", 0.6, 10),
  pair("Solarize", 0.6, 8, "Equalize", 0.6, 1),
  pair("Color", 0.8, 6, "Rotate", 0.4, 5),
];

/**
 * 3-Augment: solarized at 128, grey, or blurred.
 *
 * @see H. Touvron et al., "DeiT III: revenge of the ViT" (2022)
 */
const THREE: readonly (readonly Row[])[] = [
  [["Solarize", 1, 5]],
  [["Desaturate", 1, 10]],
  [["GaussianBlurRand", 1, 10]],
];

/** Policies by name; in those that end in r, posterizing grows with the magnitude. */
const POLICIES: Readonly<Record<string, readonly (readonly Row[])[]>> = {
  original: ORIGINAL,
  originalr: increasing(ORIGINAL),
  v0: V0,
  v0r: increasing(V0),
  "3a": THREE,
};

/** Names of the policies. */
export const AUTO_AUGMENT_NAMES: readonly string[] = Object.keys(POLICIES);

const SECTIONS = { mstd: { type: "number", example: "mstd0.5" } } as const;

/**
 * Reads a policy such as `original-mstd0.5`. The section mstd is the deviation of the magnitude (0).
 *
 * @param text - The policy; its first section is one of {@link AUTO_AUGMENT_NAMES}.
 * @param refuse - Makes the error from what is wrong.
 * @see timm `timm/data/auto_augment.py`, `auto_augment_transform`
 */
export function readAutoAugment(text: string, refuse: (reason: string) => Error): AutoAugment {
  const { mstd = 0 } = readSections(text, SECTIONS, refuse);
  const rows = POLICIES[text.split("-")[0] ?? ""] ?? [];
  const choices = rows.map((row) =>
    row.map(([name, probability, magnitude]) => ({ name, probability, magnitude })),
  );
  return { kind: "auto", choices, noise: { ...DEFAULT_NOISE, std: mstd } };
}

/** Draws the operations for an image. */
export function drawAutoAugment(
  { choices, noise }: AutoAugment,
  settings: OperationSettings,
  random: RandomStream,
): DrawnOperation[] {
  const chosen = choices[random.integer(choices.length)] ?? [];
  return chosen
    .map((operation) => drawPolicyOperation(operation, noise, settings, random))
    .filter((drawn) => drawn !== null);
}

function increasing(policy: readonly (readonly Row[])[]): readonly (readonly Row[])[] {
  return policy.map((rows) =>
    rows.map(
      ([name, ...rest]) => [name.startsWith("Posterize") ? "PosterizeIncreasing" : name, ...rest] as const,
    ),
  );
}

function pair(...[a, p, m, b, q, n]: [...Row, ...Row]): readonly Row[] {
  return [
    [a, p, m],
    [b, q, n],
  ];
}
