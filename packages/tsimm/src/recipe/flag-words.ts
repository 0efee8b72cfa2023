/** Arguments as the words of a command line. */
import { separated, type TrainArguments } from "./arguments.ts";

/**
 * The flags that set these arguments, e.g. `--img-size 32 --scale 0.7 1`.
 *
 * @param args - Numbers, texts and lists of them; null and undefined count as not given.
 */
export function flagWords(args: Partial<TrainArguments>): string {
  return Object.entries(args)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `--${separated(name, "-")} ${Array.isArray(value) ? value.join(" ") : value}`)
    .join(" ");
}
