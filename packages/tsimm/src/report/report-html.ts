/** A run's report as one page. */
import { markup } from "../text/markup.ts";
import type { Report } from "./report.ts";
import { answerSections } from "./report-answers.ts";
import { epochsTable } from "./report-epochs.ts";
import { REPORT_STYLE } from "./report-style.ts";
import { headOf, tiles } from "./report-summary.ts";
import { environmentSection, filesSection, goOnSection, settingsSection } from "./report-tables.ts";
import { themedFigure } from "./themed-figure.ts";

/** No script runs and nothing is fetched, whatever the names in the page are. */
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Pixels that a figure with a time axis is shown at. */
const CURVES = { least: 620, most: 1040 };

/**
 * Writes a report as an HTML document that needs nothing else: no script, no request, images inside.
 *
 * @returns The same text for the same contents.
 */
export function reportHtml(report: Report): string {
  const { name, identity, figures } = report;
  const { curves, schedule } = figures;
  const { title, lead } = headOf(report);
  const body = [
    `<header><p class="over">tsimm run</p><h1>${markup(name)}</h1><p class="lead">${lead}</p></header>`,
    tiles(report),
    `<section><h2>Training</h2>${curves === null ? "" : themedFigure(curves, "Losses, metrics and learning rate of each epoch", CURVES)}${epochsTable(report)}</section>`,
    ...answerSections(report),
    schedule === null
      ? ""
      : `<section><h2>Schedule</h2><p class="soft">The learning rate as it was planned.</p>${themedFigure(schedule, "Learning rate of each epoch", CURVES)}</section>`,
    `<div class="beside">${settingsSection(report)}${environmentSection(report)}</div>`,
    filesSection(report),
    goOnSection(report),
    '<footer>Written by <a href="https://github.com/tsimm/tsimm">tsimm</a>. This page holds everything it shows and asks no server for anything.</footer>',
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="tsimm">
<meta name="tsimm-state" content="${identity}">
<title>${markup(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
${body.filter((part) => part !== "").join("\n")}
</main>
</body>
</html>
`;
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
