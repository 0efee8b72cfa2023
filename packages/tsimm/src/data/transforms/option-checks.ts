/** Checks that the transforms share. */

/**
 * Refuses what is no [C, H, W].
 *
 * @param where - Name of the function that was called.
 * @param inputSize - The size to check.
 */
export function checkInputSize(where: string, inputSize: readonly number[]): void {
  const [channels = 0, ...sides] = inputSize;
  const valid = sides.length === 2 && sides.every((side) => Number.isSafeInteger(side) && side >= 1);
  if (!valid || (channels !== 1 && channels !== 3)) {
    throw new RangeError(
      `${where}: inputSize must be [channels, height, width] with 1 or 3 channels, got [${inputSize.join(", ")}]`,
    );
  }
}

/**
 * Refuses what is no probability.
 *
 * @param where - Name of the function that was called.
 * @param name - Name of the option.
 * @param value - The value to check.
 */
export function checkProbability(where: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`${where}: ${name} must be a number in [0, 1], got ${value}`);
  }
}

/**
 * Refuses what is no range of positive numbers.
 *
 * @param where - Name of the function that was called.
 * @param name - Name of the option.
 * @param range - The range to check.
 */
export function checkRange(where: string, name: string, range: readonly number[]): void {
  const [low = Number.NaN, high = Number.NaN] = range;
  if (!(range.length === 2 && low > 0 && low <= high && high < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${where}: ${name} must be two numbers, 0 < low <= high, got [${range.join(", ")}]`);
  }
}

/**
 * Refuses what is none of the words.
 *
 * @param where - Name of the function that was called.
 * @param name - Name of the option.
 * @param value - The value to check.
 * @param words - What is allowed.
 */
export function checkChoice(where: string, name: string, value: string, words: readonly string[]): void {
  if (!words.includes(value)) {
    throw new RangeError(`${where}: ${name} must be one of ${words.join(", ")}, got "${value}"`);
  }
}
