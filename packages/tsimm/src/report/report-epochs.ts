/** The table of a run's epochs. */
import { scientific, significant } from "../listeners/log-format.ts";
import { metricText } from "../listeners/log-lines.ts";
import { markup } from "../text/markup.ts";
import type { Report } from "./report.ts";
import { bestRow } from "./report-summary.ts";

/** All epochs, folded. */
export function epochsTable(report: Report): string {
  const { state, task } = report;
  const { metricHistory } = state;
  if (metricHistory.length === 0) return '<p class="soft">No epoch was finished.</p>';
  const metrics = task.metrics.filter(({ name }) =>
    metricHistory.some(({ validation }) => validation?.[name] !== undefined),
  );
  const best = bestRow(report);
  const head = [
    "epoch",
    "training loss",
    ...metrics.map(({ name, label }) => (name === "loss" ? "validation loss" : label)),
    "learning rate",
  ];
  const rows = metricHistory.map((row) => {
    const cells = [
      `${row.epoch + 1}${row === best ? " (best)" : ""}`,
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
