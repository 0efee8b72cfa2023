/** Sections on the epochs of a run: curves, numbers, schedule. */
import { scientific, significant } from "../listeners/log-format.ts";
import { metricText } from "../listeners/log-lines.ts";
import { markup } from "../text/markup.ts";
import type { ReportedEpochs } from "./report.ts";
import { bestRow } from "./report-summary.ts";
import { themedFigure } from "./themed-figure.ts";

/** Pixels that a figure with a time axis is shown at. */
const CURVES = { least: 620, most: 1040 };

/**
 * The curves, and the numbers that they are drawn from.
 *
 * @param curves - An SVG document; null: there is none.
 */
export function trainingSection(epochs: ReportedEpochs, curves: string | null): string {
  const label = "Losses, metrics and learning rate of each epoch";
  return `<section><h2>Training</h2>${curves === null ? "" : themedFigure(curves, label, CURVES)}${epochsTable(epochs)}</section>`;
}

/**
 * The schedule.
 *
 * @param schedule - An SVG document; null: there is none, and no such section.
 */
export function scheduleSection(schedule: string | null): string {
  if (schedule === null) return "";
  const figure = themedFigure(schedule, "Learning rate of each epoch", CURVES);
  return `<section><h2>Schedule</h2><p class="soft">The learning rate as it was planned.</p>${figure}</section>`;
}

/** All epochs, folded. */
function epochsTable(epochs: ReportedEpochs): string {
  const { history } = epochs;
  if (history.length === 0) return '<p class="soft">No epoch was finished.</p>';
  const metrics = epochs.metrics.filter(({ name }) =>
    history.some(({ validation }) => validation?.[name] !== undefined),
  );
  const best = bestRow(epochs);
  const head = [
    "epoch",
    "training loss",
    ...metrics.map(({ name, label }) => (name === "loss" ? "validation loss" : label)),
    "learning rate",
  ];
  const rows = history.map((row) => {
    const cells = [
      `${row.epoch}${row === best ? " (best)" : ""}`,
      significant(row.trainLoss),
      ...metrics.map((metric) => {
        const value = row.validation?.[metric.name];
        return value === undefined ? "" : metricText(value, metric);
      }),
      scientific(row.lr),
    ];
    return `<tr>${cells.map((cell) => `<td class="number">${markup(cell)}</td>`).join("")}</tr>`;
  });
  const header = head.map((cell) => `<th class="number">${markup(cell)}</th>`).join("");
  return `<details><summary>Numbers of each epoch</summary><div class="scroll" tabindex="0"><table><thead><tr>${header}</tr></thead><tbody>${rows.join("")}</tbody></table></div></details>`;
}
