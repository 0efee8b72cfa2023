/** The pages of the schedules, and the one that lists them. */
import { readFileSync } from "node:fs";
import { schedulerNames } from "@tsimm/scheduler";
import type { GeneratedPage } from "../api/pages.ts";
import { foreignSchedules, libraries } from "./coming-from.ts";
import { type Prose, readProse } from "./prose.ts";
import { schedulePage, titleOf } from "./schedule-page.ts";
import { escapeHtml, sketch, valuesOf } from "./sketch.ts";
import { FUNCTION_PAGE, subjectOf } from "./subject.ts";

/** Names of the pages: every schedule, then functions of one's own. */
export function pageNames(): string[] {
  return [...schedulerNames(), FUNCTION_PAGE];
}

/** Every page, the list first. */
export function schedulePages(): GeneratedPage[] {
  const list = { title: "All schedules", address: "schedules/index", markdown: overviewPage() };
  const pages = pageNames().map((name) => ({
    title: titleOf(subjectOf(name), readProse(name)),
    address: `schedules/${name}`,
    markdown: schedulePage(name),
  }));
  return [list, ...pages];
}

/**
 * Writes the page that lists the schedules.
 *
 * @returns Markdown: `overview.md` with its marks replaced.
 */
export function overviewPage(): string {
  const text = readFileSync(new URL("overview.md", import.meta.url), "utf8");
  return text.replace("<!-- thumbnails -->", thumbnails).replace("<!-- coming from -->", comingFromTable);
}

/** A drawing of every schedule, each a link to its page. */
function thumbnails(): string {
  const cards = pageNames().map((name) => {
    const subject = subjectOf(name);
    const prose = readProse(name);
    const names = [subject.definition && `--sched ${name}`, subject.className].filter(Boolean);
    return [
      `<a href="./${name}.html">${drawing(name, prose)}`,
      `<strong>${escapeHtml(titleOf(subject, prose))}</strong><code>${names[0]}</code></a>`,
    ].join("");
  });
  return `<div class="schedule-cards">\n${cards.join("\n")}\n</div>`;
}

/** The first setting of the gallery, or the defaults of the factory. */
function drawing(name: string, prose: Prose | null): string {
  const subject = subjectOf(name);
  const { options, length } = prose?.gallery[0] ?? { options: subject.example, length: 300 };
  return sketch(valuesOf(subject.make(prose?.base ?? 0.1, options), length), `Curve of ${name}`);
}

/** Which schedule of another library is which here. */
function comingFromTable(): string {
  const rows = pageNames().map((name) => {
    const subject = subjectOf(name);
    const prose = readProse(name);
    const foreign = prose === null ? [] : foreignSchedules(prose);
    const cells = libraries.map((library) =>
      foreign
        .filter((one) => one.library === library)
        .map((one) => `[${one.name}](./${name}#${one.anchor})`)
        .join("<br>"),
    );
    return `| [${titleOf(subject, prose)}](./${name}) | ${cells.map((cell) => cell || "–").join(" | ")} |`;
  });
  const head = `| here | ${libraries.join(" | ")} |\n| --- |${" --- |".repeat(libraries.length)}`;
  return `<div class="coming-from">\n\n${head}\n${rows.join("\n")}\n\n</div>`;
}
