/** The result of a run on stdout: JSON for programs, one line for people. */
import { significant } from "../listeners/log-format.ts";
import type { TrainResult } from "../recipe/train.ts";

/**
 * The text for stdout.
 *
 * @param epochs - At most ten, best last.
 * @param terminal - Whether a person reads it.
 * @returns timm's `--result` with a JSON list; for a terminal one line about the best epoch, or "" without any.
 */
export function resultText(epochs: TrainResult["epochs"], terminal: boolean): string {
  if (!terminal) return `--result\n${JSON.stringify(epochs, null, 4)}\n`;
  const best = epochs.at(-1);
  if (best === undefined) return "";
  const { epoch, train, validation } = best;
  const metrics =
    validation === undefined
      ? ""
      : `top-1 ${validation.top1.toFixed(2)} %, validation loss ${significant(validation.loss)}, `;
  return `Best epoch: ${epoch + 1}, ${metrics}training loss ${significant(train.loss)}\n`;
}
