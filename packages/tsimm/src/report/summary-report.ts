/** A report of what the table of a run's epochs tells: the run of another program. */
import { metricText } from "../listeners/log-lines.ts";
import { markup } from "../text/markup.ts";
import type { ReportedEpochs, ReportSetting } from "./report.ts";
import { answerSections, type ReportedAnswers } from "./report-answers.ts";
import { scheduleSection, trainingSection } from "./report-epochs.ts";
import { pageHtml } from "./report-page.ts";
import { bestRow, mainMetric, tiles } from "./report-summary.ts";
import { filesSection, settingsSection } from "./report-tables.ts";

/** Contents of a report of a table of epochs. */
export interface SummaryReport {
  /** What was trained. */
  readonly name: string;
  /** The program whose run it is, e.g. `timm`; null: not known. */
  readonly program: string | null;
  readonly epochs: ReportedEpochs;
  /** Epochs of the whole run; null: not known. */
  readonly numEpochs: number | null;
  /** SVG documents; null: there is no such figure. */
  readonly figures: { readonly curves: string | null; readonly schedule: string | null };
  /** Answers of the best weights; null: there are none. */
  readonly answered: ReportedAnswers | null;
  /** Why there is no figure of the schedule; null: there is one. */
  readonly withoutSchedule: string | null;
  readonly settings: readonly ReportSetting[];
  /** Names of the files in the run's folder. */
  readonly files: readonly string[];
  /** Commands for what comes next: title and command line. */
  readonly commands: readonly (readonly [title: string, command: string])[];
}

const NO_ANSWERS =
  '<section><h2>Answers</h2><p class="soft">Confusion matrix, classes and mistakes are left out: they need the validation images and a checkpoint that tsimm can read.</p></section>';

/**
 * Writes the report of a table of epochs as an HTML document that needs nothing else.
 *
 * @returns The same text for the same contents.
 */
export function summaryReportHtml(report: SummaryReport): string {
  const { name, program, epochs, figures, settings, files, answered, withoutSchedule } = report;
  const { title, lead } = headOf(report);
  const body = [
    tiles(epochs),
    trainingSection(epochs, figures.curves),
    ...(answered === null ? [NO_ANSWERS] : answerSections(answered)),
    scheduleSection(figures.schedule),
    ...(withoutSchedule === null
      ? []
      : [`<section><h2>Schedule</h2><p class="soft">${markup(withoutSchedule)}</p></section>`]),
    settingsSection({ settings }),
    filesSection({ files, isLinked: false, classifies: true }),
    commandsSection(report),
  ];
  return pageHtml({
    title,
    identity: null,
    over: program === null ? "training run" : `${program} run`,
    name,
    lead,
    body,
  });
}

function headOf({ name, epochs, numEpochs }: SummaryReport): {
  readonly title: string;
  readonly lead: string;
} {
  const { done, history } = epochs;
  const of = numEpochs === null || numEpochs <= done ? "" : ` of ${numEpochs}`;
  const trained = `Trained for ${done}${of} ${done === 1 && of === "" ? "epoch" : "epochs"}`;
  const [row, metric] = [bestRow(epochs), mainMetric(epochs)];
  const value = metric === undefined ? undefined : row?.validation?.[metric.name];
  if (row === undefined || metric === undefined || value === undefined) {
    const without = history.some(({ validation }) => validation !== null) ? "" : " without validation";
    return { title: `${name} · tsimm`, lead: `${trained}${without}.` };
  }
  const said = `${metric.label} ${metricText(value, metric)}`;
  return {
    title: `${name} · ${said} · tsimm`,
    lead: `${trained}: <b>${markup(said)}</b> in epoch ${row.epoch}, the best one.`,
  };
}

function commandsSection({ commands }: SummaryReport): string {
  if (commands.length === 0) return "";
  const blocks = commands.map(
    ([title, command]) => `<div><h3>${markup(title)}</h3><pre>${markup(command)}</pre></div>`,
  );
  return `<section><h2>How to go on</h2><div class="columns">${blocks.join("")}</div></section>`;
}
