/** Flags beside `--head-only`. */
import { UsageError } from "../usage-error.ts";
import { findFlag, separated, type TrainArguments } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";

/** Augmentation of each image by itself, which `--feature-crops` has. */
const ofImages = [
  ...["scale", "ratio", "vflip", "colorJitter", "colorJitterProb", "trainInterpolation", "trainCropMode"],
  ...["aa", "grayscaleProb", "gaussianBlurProb"],
];

/** What mixes images, or changes the frozen part from step to step. */
const never = [
  ...["mixup", "cutmix", "cutmixMinmax", "augRepeats", "augSplits", "jsdLoss", "splitBn"],
  ...["reprob", "remode", "recount", "resplit", "epochRepeats"],
  ...["dropPath", "dropConnect", "dropBlock"],
];

/** Those that switch an augmentation on. */
const strengths = [
  ...["scale", "ratio", "vflip", "colorJitter", "aa", "grayscaleProb", "gaussianBlurProb"],
  ...["reprob", "mixup", "cutmix", "cutmixMinmax", "dropPath"],
];

/**
 * Refuses flags that features which are computed once cannot honour. The value that a flag has anyway counts as not given,
 * as it stands in every `args.yaml`.
 *
 * @param given - What was given explicitly.
 * @throws UsageError that names the flag and what to do.
 */
export function checkHeadOnlyFlags(given: Partial<TrainArguments>, args: TrainArguments): void {
  const { headOnly, featureCrops, noAug } = args;
  if (featureCrops !== null && !headOnly) {
    throw new UsageError(
      `train: --feature-crops must come with --head-only, got ${featureCrops} alone; pass --head-only too`,
    );
  }
  if (!headOnly) return;
  if (featureCrops !== null && noAug) {
    throw new UsageError(
      `train: --feature-crops must be left out with --no-aug, got ${featureCrops}; all crops of an image would be the same`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    if (isOff(name, value)) continue;
    if (never.includes(name)) {
      throw new UsageError(
        `train: ${flagName(name)} must be left out with --head-only, got ${showValue(value)}; ` +
          "its features are computed once, image by image: pass --freeze backbone in its place",
      );
    }
    if (featureCrops === null && !noAug && ofImages.includes(name)) {
      throw new UsageError(
        `train: ${flagName(name)} must be left out with --head-only, got ${showValue(value)}; ` +
          "it trains on evaluation crops: pass --feature-crops 4 too for augmented ones",
      );
    }
  }
}

/** Names of the augmentation that a run of features has to do without. */
export function augmentationsLeftOut(args: TrainArguments): string[] {
  const { featureCrops, noAug } = args;
  const values: Readonly<Record<string, unknown>> = { ...args };
  return strengths
    .filter((name) => never.includes(name) || (featureCrops === null && !noAug))
    .filter((name) => !isOffValue(values[name]))
    .map(flagName);
}

function isOff(name: string, value: unknown): boolean {
  return isOffValue(value) || JSON.stringify(value) === JSON.stringify(findFlag(name)?.default);
}

function isOffValue(value: unknown): boolean {
  return value === undefined || value === null || value === 0 || value === "" || value === false;
}

function flagName(name: string): string {
  return `--${separated(name, "-")}`;
}
