import type { Parameter } from "./parameter.ts";

/**
 * The parameter whose flag a sentence tells to change: the first flag after its last semicolon, else the first one.
 *
 * @param text - A warning or an error in the words of the command line.
 * @param parameters - Those of the schedule.
 * @returns Its name; null if the sentence names none of them.
 * @example
 * const parameters = parametersOf("step");
 * aboutParameter("the warm-up (9 epochs) is longer than the run (5); lower --warmup-epochs", parameters);
 * // => "warmupEpochs"
 */
export function aboutParameter(text: string, parameters: readonly Parameter[]): string | null {
  const refused = /^--[a-z-]+(?= must )/.exec(text)?.[0];
  const advice = text.slice(text.lastIndexOf(";") + 1);
  const flags = [refused ?? "", ...flagsIn(advice), ...flagsIn(text)];
  const named = flags.flatMap((flag) => parameters.filter((parameter) => parameter.flag === flag));
  return named[0]?.name ?? null;
}

function flagsIn(text: string): readonly string[] {
  return [...text.matchAll(/--[a-z\d]+(?:-[a-z\d]+)*/g)].map(([flag]) => flag);
}
