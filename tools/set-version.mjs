/**
 * Prepares a release: `node tools/set-version.mjs 0.2.0` gives all packages that version, in their ranges of each other and in
 * package-lock.json too, and makes what CHANGELOG.md holds under [Unreleased] the section of the version, with today's date.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const words = process.argv.slice(2).filter((word) => word !== "--no-lock");
const [version = "", date = new Date().toISOString().slice(0, 10)] = words;
const place = (path) => new URL(`../${path}`, import.meta.url);
const change = (path, edit) => writeFileSync(place(path), edit(readFileSync(place(path), "utf8")));

if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
  process.stderr.write(`set-version: version must be like 0.2.0, got "${version}"\n`);
  process.exit(1);
}

for (const folder of [
  "packages/scheduler",
  "packages/autodiff",
  "packages/tsimm",
  "apps/playground",
  "docs",
]) {
  change(`${folder}/package.json`, (text) =>
    text.replace(/^( *"(?:version|tsimm|@tsimm\/[a-z]+)": ")[^"]+/gm, (_, key) => `${key}${version}`),
  );
}
change("CHANGELOG.md", (text) => {
  if (text.includes(`## [${version}]`)) return text;
  return text.replace(/^## \[Unreleased\]\n/m, (heading) => `${heading}\n## [${version}] - ${date}\n`);
});
if (!process.argv.includes("--no-lock")) {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  execFileSync(npm, ["install", "--package-lock-only", "--ignore-scripts"], {
    cwd: place("."),
    shell: process.platform === "win32",
    stdio: "inherit",
  });
}
