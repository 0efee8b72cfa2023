/**
 * Builds the package in the current folder for `npm pack`: compiles it, removes what an earlier build left of sources that
 * are gone, and lays the changelog of the repository beside the readme. Run by the `prepack` of each package.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const compiler = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));

execFileSync(process.execPath, [compiler, "-b"], { stdio: "inherit" });
for (const file of compiledFiles("dist")) {
  if (!existsSync(sourceOf(file))) rmSync(file);
}
copyFileSync(join(repository, "CHANGELOG.md"), "CHANGELOG.md");

/** Files below a folder that the compiler writes: modules, their types, and maps that name one source. */
function compiledFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|d\.ts)(\.map)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => isCompiled(file));
}

/** A bundle has several sources or none; those are not the compiler's. */
function isCompiled(file) {
  const map = file.endsWith(".map") ? file : `${file}.map`;
  if (!existsSync(map)) return false;
  const { sources } = JSON.parse(readFileSync(map, "utf8"));
  return sources.length === 1 && sources[0].endsWith(".ts");
}

function sourceOf(file) {
  const path = relative("dist", file).split(sep).join("/");
  return join("src", path.replace(/(\.d\.ts|\.js)(\.map)?$/, ".ts"));
}
