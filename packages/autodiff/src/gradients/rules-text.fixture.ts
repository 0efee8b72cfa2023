/** Writes the list of all rules of the package from the files that define them. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Rule } from "./define-rule.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Files that may define rules, from here, e.g. `./elementwise/relu.ts`. */
async function files(): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true });
  const paths = entries.map((path) => path.replaceAll("\\", "/"));
  const isSource = (path: string) => /^[a-z-]+\/[a-z0-9-]+\.ts$/.test(path);
  const stem = (path: string) => path.replace(/\.ts$/, "");
  return paths.filter(isSource).sort((a, b) => (stem(a) < stem(b) ? -1 : 1));
}

function isRule(value: unknown): value is Rule {
  return typeof value === "object" && value !== null && "ops" in value && "gradient" in value;
}

/** The text of `rules.ts`. */
export async function rulesText(): Promise<string> {
  const imports: string[] = [];
  const all: string[] = [];
  for (const path of await files()) {
    const exported: object = await import(/* @vite-ignore */ join(folder, path));
    const names = Object.entries(exported)
      .filter(([, value]) => isRule(value))
      .map(([name]) => name)
      .sort();
    if (names.length === 0) continue;
    imports.push(`import { ${names.join(", ")} } from "./${path}";`);
    all.push(...names);
  }
  return [
    "/** Every gradient rule of the package. Written by `npx vitest run packages/autodiff/src/gradients/rules.test.ts -u`. */",
    'import type { Rule } from "./define-rule.ts";',
    ...imports,
    "",
    "/** In the order of the files that define them. */",
    "export const rules: readonly Rule[] = [",
    ...all.map((name) => `  ${name},`),
    "];",
    "",
  ].join("\n");
}
