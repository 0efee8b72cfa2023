/** Runs npm and commands that npm installed, on Windows too, where both are scripts of its shell. */
import { join } from "node:path";
import process from "node:process";
import { run } from "./run.fixture.ts";

type Output = { readonly stdout: string; readonly stderr: string };

/** npm as a program of Node, where a script of npm's started this process. */
const npmProgram = process.env["npm_execpath"]?.endsWith("npm-cli.js") ? process.env["npm_execpath"] : null;

/** Runs npm in a folder. */
export function npm(words: readonly string[], cwd: string): Promise<Output> {
  return npmProgram === null
    ? run("npm", words, { cwd, shell: process.platform === "win32" })
    : run(process.execPath, [npmProgram, ...words], { cwd });
}

/** Runs a command of the packages that are installed in a folder, as npx does without its own remarks. */
export function installed(
  folder: string,
  command: string,
  words: readonly string[],
  cwd = folder,
): Promise<Output> {
  const path = join(folder, "node_modules", ".bin", command);
  if (process.platform !== "win32") return run(path, words, { cwd });
  const quoted = words.map((word) => (/\s/.test(word) ? `"${word}"` : word));
  return run(`"${path}.cmd"`, quoted, { cwd, shell: true });
}
