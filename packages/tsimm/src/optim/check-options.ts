/** Checks the options of optimizers: their names, kinds and ranges. */
import { didYouMean } from "../did-you-mean.ts";
import type { RuleOptions } from "./update-rule.ts";

interface Allowed {
  readonly text: string;
  readonly test: (value: unknown) => boolean;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isFraction = (value: unknown) => isNumber(value) && value >= 0 && value < 1;

const nonNegative: Allowed = { text: "a number >= 0", test: (value) => isNumber(value) && value >= 0 };
const positive: Allowed = { text: "a number > 0", test: (value) => isNumber(value) && value > 0 };
const fraction: Allowed = { text: "a number in [0, 1)", test: isFraction };
const flag: Allowed = { text: "true or false", test: (value) => typeof value === "boolean" };

const allowed: Readonly<Record<string, Allowed>> = {
  lr: nonNegative,
  lrScale: nonNegative,
  weightDecay: nonNegative,
  momentum: fraction,
  betas: {
    text: "two numbers in [0, 1)",
    test: (value) => Array.isArray(value) && value.length === 2 && value.every(isFraction),
  },
  eps: nonNegative,
  nesterov: flag,
  alpha: fraction,
  rho: fraction,
  momentumDecay: nonNegative,
  lrDecay: nonNegative,
  trustCoeff: nonNegative,
  trustClip: flag,
  alwaysAdapt: flag,
  decoupledDecay: flag,
  biasCorrection: flag,
  maxGradNorm: { text: "a number > 0 or null", test: (value) => value === null || positive.test(value) },
  epsScale: nonNegative,
  clipThreshold: positive,
  decayRate: { text: "a number < 0", test: (value) => isNumber(value) && value < 0 },
  relativeStep: flag,
};

/**
 * Completes options with an optimizer's defaults.
 *
 * @param where - Function named in errors.
 * @param defaults - All options of the optimizer.
 * @param given - Those that were set; an undefined one counts as absent.
 * @throws RangeError for an option that the optimizer does not have, or a value out of its range.
 */
export function checkOptions<O extends RuleOptions>(where: string, defaults: O, given: RuleOptions): O {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(set)) {
    if (!Object.hasOwn(defaults, name)) {
      const names = Object.keys(defaults);
      throw new RangeError(
        `${where}: option must be one of ${names.join(", ")}, got "${name}"${didYouMean(name, names)}`,
      );
    }
    checkOption(where, name, value);
  }
  return { ...defaults, ...set };
}

/**
 * Checks one option by its name.
 *
 * @throws RangeError if the value is not allowed.
 */
export function checkOption(where: string, name: string, value: unknown): void {
  const rule = allowed[name];
  if (rule !== undefined && !rule.test(value)) {
    throw new RangeError(`${where}: ${name} must be ${rule.text}, got ${show(value)}`);
  }
}

function show(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}
