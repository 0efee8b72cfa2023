/**
 * Compiles each AssemblyScript file of this folder to a TypeScript file that holds the module in base64 and the types
 * of its exports. With `--check` nothing is written, and the exit code is 1 if a file in `src/wasm/generated` is stale.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import asc from "assemblyscript/asc";

const folder = new URL("./", import.meta.url);
const generated = new URL("../src/wasm/generated/", folder);
const check = process.argv.includes("--check");

for (const file of (await readdir(folder)).filter((name) => name.endsWith(".ts"))) {
  const code = await compiled(file);
  const target = new URL(file, generated);
  if (!check) await writeFile(target, code);
  else if ((await readFile(target, "utf8").catch(() => "")) !== code) {
    console.error(`${file} has changed: run npm run -s assemble`);
    process.exitCode = 1;
  }
}

async function compiled(file) {
  const name = basename(file, ".ts");
  const options = ["--runtime", "stub", "--use", "abort=", "-O3", "--enable", "simd"];
  const outputs = new Map();
  const { error, stderr } = await asc.main(
    [file, ...options, "--bindings", "raw", "--outFile", `${name}.wasm`],
    {
      readFile: (path) => readFile(new URL(path, folder), "utf8").catch(() => null),
      writeFile: (path, content) => outputs.set(path, content),
    },
  );
  if (error || `${stderr}` !== "") throw new Error(`${file}: ${stderr}`, { cause: error });
  const module = outputs.get(`${name}.wasm`);
  const functions = [...outputs.get(`${name}.d.ts`).matchAll(/^ {2}export function (.+);$/gm)];
  const title = name[0].toUpperCase() + name.slice(1).replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  return [
    `/** Compiled from assembly/${file}, ${module.length} bytes: not to be edited. */`,
    `export interface ${title}Exports extends WebAssembly.Exports {`,
    "  readonly memory: WebAssembly.Memory;",
    ...functions.map(([, signature]) => `  readonly ${method(signature)};`),
    "}",
    "",
    "/** The module in base64. */",
    `export const ${title[0].toLowerCase()}${title.slice(1)}Module: string =`,
    `  "${Buffer.from(module).toString("base64")}";`,
    "",
  ].join("\n");
}

/** A function's signature as that of a property; WebAssembly's truth values are 0 and 1. */
function method(signature) {
  return signature.replace(/\((.*)\): /, ": ($1) => ").replaceAll("boolean", "number");
}
