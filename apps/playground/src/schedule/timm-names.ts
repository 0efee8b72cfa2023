/** timm's spelling of names. */

/**
 * `warmupLrInit` → `warmup_lr_init`, or with `-` `warmup-lr-init`.
 *
 * @param name - A name in camelCase.
 */
export function separated(name: string, separator: "_" | "-"): string {
  return name.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}

/** Options that some class here has under no name of timm's. */
const beyondTimm: readonly string[] = ["thresholdMode", "milestoneTiming", "eps", "noiseType"];

/**
 * timm's name of an option of a class.
 *
 * @param option - In camelCase, of a schedule that timm has.
 * @returns null if timm has no such option.
 */
export function timmNameOf(option: string): string | null {
  return beyondTimm.includes(option) ? null : separated(option, "_");
}
