/** Checks of the options of `trainable`, one rule an option. */
import { isLoss, lossNames } from "../losses/index.ts";
import { didYouMean } from "../nearest-name.ts";

/** What a value must be, and of which kind. */
interface Check {
  readonly must: string;
  /** Values of other kinds that are allowed too, for the message about a value of none of them. */
  readonly otherKinds?: string;
  isKind(value: unknown): boolean;
  isAllowed?(value: unknown): boolean;
}

const isText = (value: unknown): value is string => typeof value === "string";
const oneOf = (...names: readonly string[]): Check => ({
  must: `be one of ${names.join(", ")}`,
  isKind: isText,
  isAllowed: (value) => isText(value) && names.includes(value),
});
const patterns: Check = {
  must: "be a list of names, in which * stands for any characters",
  isKind: (value) => Array.isArray(value) && value.every(isText),
};

const isSize = (value: unknown) => typeof value === "number" && Number.isSafeInteger(value) && value >= 1;

const checks = {
  inputs: {
    must: "be lists of sizes by input name",
    isKind: (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((shape) => Array.isArray(shape)),
  },
  batchSize: {
    must: "be an integer >= 1",
    isKind: (value) => typeof value === "number",
    isAllowed: isSize,
  },
  logits: { must: "be the name of a value", isKind: isText },
  loss: {
    must: `be one of ${lossNames.join(", ")}`,
    isKind: (value) => isText(value) || typeof value === "function" || isLoss(value),
    otherKinds: "a Loss or its function",
    isAllowed: (value) => !isText(value) || lossNames.includes(value),
  },
  freeze: patterns,
  train: patterns,
  batchNorm: oneOf("frozen", "train"),
  classes: {
    must: "be an integer >= 1",
    isKind: (value) => typeof value === "number",
    isAllowed: isSize,
  },
  seed: {
    must: "be a safe integer",
    isKind: (value) => typeof value === "number",
    isAllowed: (value) => Number.isSafeInteger(value),
  },
  externalData: {
    must: "be bytes by location, or a function that reads a location",
    isKind: (value) =>
      typeof value === "function" || (typeof value === "object" && value !== null && !Array.isArray(value)),
  },
  frozenValues: {
    must: "be tensors by name",
    isKind: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  },
} as const satisfies Record<string, Check>;

/**
 * Names of the options of `trainable` that a user chooses; `frozenValues` come from an engine.
 *
 * @example
 * trainableOptionNames.includes("batchNorm"); // => true
 * trainableOptionNames.includes("frozenValues"); // => false
 */
export const trainableOptionNames: readonly string[] = Object.keys(checks).filter(
  (name) => name !== "frozenValues",
);

/**
 * Checks the options of `trainable`.
 *
 * @throws TypeError for a value of another kind, RangeError for an unknown name or a value that is not allowed.
 */
export function checkTrainableOptions(options: object): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`trainable: options must be an object, got ${show(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const check: Check | undefined = Object.hasOwn(checks, name)
      ? checks[name as keyof typeof checks]
      : undefined;
    if (!check) {
      throw new RangeError(
        `trainable: option must be one of ${trainableOptionNames.join(", ")}, got "${name}"${didYouMean(name, trainableOptionNames)}`,
      );
    }
    if (value === undefined) continue;
    const subject = (others?: string) =>
      `trainable: ${name} must ${check.must}${others === undefined ? "" : `, ${others}`}, got ${show(value)}`;
    if (!check.isKind(value)) throw new TypeError(subject(check.otherKinds));
    if (check.isAllowed && !check.isAllowed(value)) {
      throw new RangeError(`${subject()}${isText(value) ? didYouMean(value, namesIn(check.must)) : ""}`);
    }
  }
}

function namesIn(must: string): readonly string[] {
  return must.replace("be one of ", "").split(", ");
}

function show(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") return String(value);
  return JSON.stringify(value) ?? typeof value;
}
