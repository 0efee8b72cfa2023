/** Writes the pages of the schedules, before the site is served or built. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { overviewPage, pageNames } from "./overview.ts";
import { schedulePage } from "./schedule-page.ts";

/**
 * Writes a page for every schedule, and the one that lists them.
 *
 * @param folder - Where to; pages of schedules that are no more are removed.
 */
export function writeSchedulePages(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const pages = new Map(pageNames().map((name) => [`${name}.md`, schedulePage(name)]));
  pages.set("index.md", overviewPage());
  for (const file of readdirSync(folder)) if (!pages.has(file)) rmSync(join(folder, file));
  for (const [file, text] of pages) writeIfChanged(join(folder, file), text);
}

/** A server that watches the pages sees those alone that changed. */
function writeIfChanged(file: string, text: string): void {
  try {
    if (readFileSync(file, "utf8") === text) return;
  } catch {
    // There is none yet.
  }
  writeFileSync(file, text);
}
