/**
 * Prints what a release is announced with, the section of its version in CHANGELOG.md: `node tools/release-notes.mjs v0.1.0`.
 * Fails unless every package has that version, asks for its neighbours in that version, and the section has a date.
 */
import { readFileSync } from "node:fs";

const [tag = ""] = process.argv.slice(2);
const version = tag.replace(/^v/, "");
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

try {
  for (const folder of [
    "packages/scheduler",
    "packages/autodiff",
    "packages/tsimm",
    "apps/playground",
    "docs",
  ]) {
    checkVersion(folder, JSON.parse(read(`${folder}/package.json`)));
  }
  process.stdout.write(notesOf(read("CHANGELOG.md")));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** Versions of the packages here are one, as ranges of each other too. */
function checkVersion(folder, manifest) {
  const own = Object.entries(manifest.dependencies ?? {}).filter(([name]) => /^(@tsimm\/|tsimm$)/.test(name));
  for (const [name, found] of [[manifest.name, manifest.version], ...own]) {
    if (found === version) continue;
    throw new Error(
      `release-notes: ${name} in ${folder}/package.json must be ${version}, got ${found}; run node tools/set-version.mjs ${version}`,
    );
  }
}

function notesOf(changelog) {
  const [, ...sections] = changelog.split(/^(?=## \[)/m);
  const section = sections.find((text) => text.startsWith(`## [${version}] - `));
  if (section === undefined || !/^## \[[^\]]+\] - \d{4}-\d\d-\d\d\n/.test(section)) {
    throw new Error(
      `release-notes: CHANGELOG.md must have "## [${version}] - <year-month-day>"; run node tools/set-version.mjs ${version}`,
    );
  }
  return `${section
    .replace(/^.*\n/, "")
    .replace(/^\[[^\]]+\]: .*$/gm, "")
    .trim()}\n`;
}
