/**
 * Turns a schedule of `--compare` into command-line words.
 *
 * @param text - A name, then perhaps a colon and settings between commas: `step:decay-rate=0.5,warmup-prefix`.
 *   A value that follows a comma belongs to the list before it.
 * @returns Words as `tsimm schedule` takes them.
 * @example
 * comparisonWords("multistep:decay-milestones=30,60,dr=0.5");
 * // => ["--sched", "multistep", "--decay-milestones", "30", "60", "--dr", "0.5"]
 */
export function comparisonWords(text: string): string[] {
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  const settings =
    colon < 0
      ? []
      : text
          .slice(colon + 1)
          .split(",")
          .filter((setting) => setting !== "");
  return ["--sched", name, ...settings.flatMap(settingWords)];
}

function settingWords(setting: string): string[] {
  const equals = setting.indexOf("=");
  if (equals >= 0) return [`--${setting.slice(0, equals)}`, setting.slice(equals + 1)];
  return /^[a-z]/.test(setting) ? [`--${setting}`] : [setting];
}
