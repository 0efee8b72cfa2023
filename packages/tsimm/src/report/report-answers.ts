/** What the best weights answer: confusion, classes, mistakes. */
import { metricText } from "../listeners/log-lines.ts";
import { confusionToSvg } from "../plot/confusion-to-svg.ts";
import type { Confusion } from "../task/confusion.ts";
import { labelScores } from "../task/label-scores.ts";
import type { OutputMetric } from "../task/task.ts";
import { markup } from "../text/markup.ts";
import type { Report } from "./report.ts";
import { nounOf } from "./report-summary.ts";
import { figureWidth, themedFigure } from "./themed-figure.ts";

/** Classes that have a figure; more make it too large to be read. */
const DRAWN = 250;
/** Pairs of classes that are listed. */
const PAIRS = 10;
/** Classes that are shown at once; of more the rest is folded. */
const SHOWN = 20;

/** Answers of a report. */
export interface ReportedAnswers extends Pick<Report, "answers" | "mistakes" | "task"> {
  /** The metric of each class or output. */
  readonly byOutput: readonly OutputMetric[];
  /** Name of the file with the weights that answered; absent: they are those of the best epoch. */
  readonly weights?: string | undefined;
}

/** Sections in markup. */
export function answerSections(report: ReportedAnswers): string[] {
  return [confusionSection(report), classesSection(report), mistakesSection(report)].filter(
    (part) => part !== "",
  );
}

function confusionSection({ answers }: ReportedAnswers): string {
  const confusion = answers?.confusion ?? null;
  if (confusion === null) return "";
  const size = confusion.classNames.length;
  const pairs = confusedPairs(confusion);
  const list =
    pairs.length === 0
      ? '<p class="soft">No class is taken for another.</p>'
      : `<h3>Most often confused</h3><div class="scroll narrow" tabindex="0"><table><thead><tr><th>true</th><th>predicted</th><th class="number">images</th><th class="number">of the class</th></tr></thead><tbody>${pairs.join("")}</tbody></table></div>`;
  return `<section><h2>Confusion matrix</h2><p class="soft">A row for each class, a column for each answer; the shade is a cell's share of the row.</p>${size > DRAWN ? "" : figureOf(confusion)}${list}</section>`;
}

function figureOf(confusion: Confusion): string {
  const svg = confusionToSvg(confusion, { title: "" });
  const width = figureWidth(svg);
  const label = "Images of each class by the class that the model says";
  return themedFigure(svg, label, {
    least: Math.min(width, confusion.classNames.length > 12 ? width : 420),
    most: width,
    isWrittenOn: true,
  });
}

function confusedPairs({ classNames, counts }: Confusion): string[] {
  const size = classNames.length;
  const pairs: { row: number; column: number; count: number }[] = [];
  for (const [place, count] of counts.entries()) {
    const [row, column] = [Math.floor(place / size), place % size];
    if (count > 0 && row !== column) pairs.push({ row, column, count });
  }
  const total = (row: number) =>
    counts.subarray(row * size, (row + 1) * size).reduce((sum, one) => sum + one, 0);
  return pairs
    .toSorted((a, b) => b.count - a.count)
    .slice(0, PAIRS)
    .map(
      ({ row, column, count }) =>
        `<tr><td class="name">${markup(classNames[row] ?? "")}</td><td class="name">${markup(classNames[column] ?? "")}</td><td class="number">${count}</td><td class="number">${Math.round((100 * count) / total(row))} %</td></tr>`,
    );
}

function classesSection(report: ReportedAnswers): string {
  const { task, answers, byOutput, weights } = report;
  const { outputMetric } = task;
  if (outputMetric === null || byOutput.length === 0) return "";
  const sign = outputMetric.better === "higher" ? 1 : -1;
  const sorted = byOutput.toSorted((a, b) => sign * (a.value - b.value));
  const counts = new Map(answers?.counts?.map((one) => [one.label, one]));
  const most = Math.max(...sorted.map(({ value }) => value));
  const rows = sorted.map(({ label, images, value }) => {
    const share = (100 * value) / (outputMetric.best ?? most);
    const count = counts.get(label);
    const scores = count === undefined ? null : labelScores(count);
    const cells =
      scores === null
        ? ""
        : [scores.precision, scores.recall, scores.f1]
            .map((score) => `<td class="number">${score.toFixed(1)} %</td>`)
            .join("");
    const bar = `<span class="bar"><i style="width:${Math.min(100, Math.max(0, share)).toFixed(1)}%"></i></span>`;
    return `<tr><td class="name">${markup(label)}</td><td>${bar}</td><td class="number">${metricText(value, outputMetric)}</td><td class="number">${images}</td>${cells}</tr>`;
  });
  const header = `<tr><th>${nounOf({ ...report, task: { ...task, outputNames: [""] } })}</th><th></th><th class="number">${markup(outputMetric.label)}</th><th class="number">images</th>${counts.size > 0 ? '<th class="number">precision</th><th class="number">recall</th><th class="number">F1</th>' : ""}</tr>`;
  const table = (some: readonly string[]) =>
    `<div class="scroll" tabindex="0"><table><thead>${header}</thead><tbody>${some.join("")}</tbody></table></div>`;
  const rest = rows.slice(SHOWN);
  const folded =
    rest.length === 0 ? "" : `<details><summary>The other ${rest.length}</summary>${table(rest)}</details>`;
  const title = outputMetric.panel.charAt(0).toUpperCase() + outputMetric.panel.slice(1);
  return `<section><h2>${markup(title)}</h2><p class="soft">The worst ones first, ${weights === undefined ? "in the best epoch" : `by ${markup(weights)}`}.</p>${table(rows.slice(0, SHOWN))}${folded}</section>`;
}

/** Titles of the worst answers, by the kind of a task's answers. */
const MISTAKES = {
  class: ["Most confident mistakes", "Validation images of which the model is surest of a wrong class."],
  labels: ["Worst answers", "Validation images whose labels the model misses by the largest loss."],
  numbers: ["Largest errors", "Validation images whose numbers the model misses by most."],
} as const;

function mistakesSection({ task, mistakes, answers }: ReportedAnswers): string {
  if (answers === null) return "";
  const [title, about] = MISTAKES[task.answers?.kind ?? "numbers"];
  if (mistakes.length === 0) {
    if (task.answers?.kind !== "class") return "";
    return `<section><h2>${title}</h2><p class="soft">None: every validation image is answered rightly.</p></section>`;
  }
  const items = mistakes.map(({ name, picture, holds, said }) => {
    const image =
      picture === null
        ? '<span class="none">unreadable</span>'
        : `<img src="${picture}" alt="${markup(name)}" loading="lazy" decoding="async">`;
    return `<li>${image}<b>${markup(holds)}</b><b class="said">${markup(said)}</b><small>${markup(name)}</small></li>`;
  });
  return `<section><h2>${title}</h2><p class="soft">${about} Above what is true, below what it says.</p><ul class="mistakes">${items.join("")}</ul></section>`;
}
