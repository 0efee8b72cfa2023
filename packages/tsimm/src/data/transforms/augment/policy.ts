/** Augmentation policies in timm's syntax. */
import type { RandomStream } from "../../../random/keyed-random.ts";
import type { Image } from "../image.ts";
import { type AugMix, applyMixture, drawAugMix, readAugMix } from "./aug-mix.ts";
import { AUTO_AUGMENT_NAMES, type AutoAugment, drawAutoAugment, readAutoAugment } from "./auto-augment.ts";
import { applyOperation, type OperationSettings } from "./operations.ts";
import { drawRandAugment, type RandAugment, readRandAugment } from "./rand-augment.ts";

/** A policy: what is drawn for each image. */
export type Policy = RandAugment | AutoAugment | AugMix;

/** Largest translation as a share of the side, by kind of policy. */
const TRANSLATIONS: Readonly<Record<Policy["kind"], number>> = { rand: 0.45, auto: 0.45, augmix: 0.3 };

/**
 * Reads a policy.
 *
 * @param where - Function named in errors.
 * @param text - `rand-…`, `augmix-…`, or one of the AutoAugment policies, perhaps with sections.
 * @throws RangeError that names the section which is wrong, and how to write it.
 * @see timm `timm/data/auto_augment.py`
 */
export function readPolicy(where: string, text: string): Policy {
  const refuse = (reason: string) =>
    new RangeError(`${where}: aa must be a policy such as rand-m9-mstd0.5-inc1, got "${text}": ${reason}`);
  const [name = ""] = text.split("-");
  if (name === "rand") return readRandAugment(text, refuse);
  if (name === "augmix") return readAugMix(text, refuse);
  if (AUTO_AUGMENT_NAMES.includes(name)) return readAutoAugment(text, refuse);
  const names = ["rand", "augmix", ...AUTO_AUGMENT_NAMES];
  throw refuse(`it must begin with one of ${names.join(", ")}, sections follow after dashes`);
}

/** What the operations of a policy share, but for what its kind decides. */
export type PolicySettings = Omit<OperationSettings, "translatePct">;

/**
 * Applies a policy to an image.
 *
 * @param image - The image; it is not changed.
 * @param policy - From {@link readPolicy}.
 * @param settings - Fill and kernel.
 * @param random - Where the numbers come from.
 */
export function applyPolicy(
  image: Image,
  policy: Policy,
  settings: PolicySettings,
  random: RandomStream,
): Image {
  const all = { ...settings, translatePct: TRANSLATIONS[policy.kind] };
  if (policy.kind === "augmix") {
    return applyMixture(image, drawAugMix(policy, all, random), all, policy.blended);
  }
  const drawn =
    policy.kind === "rand" ? drawRandAugment(policy, all, random) : drawAutoAugment(policy, all, random);
  return drawn.reduce((changed, operation) => applyOperation(changed, operation, all), image);
}
