/** The result of a run on stdout: JSON for programs, one line for people. */
import { significant } from "../listeners/log-format.ts";
import { metricText } from "../listeners/log-lines.ts";
import type { TrainResult } from "../recipe/train.ts";

/**
 * The text for stdout.
 *
 * @param result - Epochs, at most ten, best last; and the metrics of a validation.
 * @param terminal - Whether a person reads it.
 * @returns timm's `--result` with a JSON list; for a terminal one line about the best epoch, or "" without any.
 */
export function resultText(
  { epochs, metrics }: Pick<TrainResult, "epochs" | "metrics">,
  terminal: boolean,
): string {
  if (!terminal) return `--result\n${JSON.stringify(epochs, null, 4)}\n`;
  const best = epochs.at(-1);
  if (best === undefined) return "";
  const { epoch, train, validation } = best;
  const metric = metrics.find(({ name }) => name !== "loss");
  const value = metric === undefined ? undefined : validation?.[metric.name];
  const shown =
    metric === undefined || value === undefined ? "" : `${metric.label} ${metricText(value, metric)}, `;
  const loss = validation === undefined ? "" : `validation loss ${significant(validation.loss)}, `;
  return `Best epoch: ${epoch}, ${shown}${loss}training loss ${significant(train.loss)}\n`;
}
