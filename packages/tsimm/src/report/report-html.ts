/** A run's report as one page. */
import type { Report } from "./report.ts";
import { answerSections } from "./report-answers.ts";
import { scheduleSection, trainingSection } from "./report-epochs.ts";
import { pageHtml } from "./report-page.ts";
import { epochsOf, headOf, tiles } from "./report-summary.ts";
import { environmentSection, filesSection, goOnSection, settingsSection } from "./report-tables.ts";

/**
 * Writes a report as an HTML document that needs nothing else: no script, no request, images inside.
 *
 * @returns The same text for the same contents.
 */
export function reportHtml(report: Report): string {
  const { name, identity, figures, files, task, state } = report;
  const { curves, schedule } = figures;
  const { title, lead } = headOf(report);
  const epochs = epochsOf(report);
  const body = [
    tiles(epochs),
    trainingSection(epochs, curves),
    ...answerSections({ ...report, byOutput: state.byOutput }),
    scheduleSection(schedule),
    `<div class="beside">${settingsSection(report)}${environmentSection(report)}</div>`,
    filesSection({ files, isLinked: true, classifies: task.answers?.kind === "class" }),
    goOnSection(report),
  ];
  return pageHtml({ title, identity, over: "tsimm run", name, lead, body });
}

/**
 * The state that a report is of.
 *
 * @param html - Text of {@link reportHtml}, or of any other file.
 * @returns Its checksum; null: it says none.
 */
export function stateOfReport(html: string): string | null {
  return /<meta name="tsimm-state" content="([0-9a-f]{64})">/.exec(html)?.[1] ?? null;
}
