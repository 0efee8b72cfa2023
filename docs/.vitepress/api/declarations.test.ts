import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { declarationText, exportedNames } from "./declarations.ts";

const folder = mkdtempSync(join(tmpdir(), "tsimm-declarations-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function sourceOf(text: string): string {
  const file = join(folder, `${count++}.ts`);
  writeFileSync(file, text);
  return file;
}

test.each([
  [
    "a function without its body",
    "export async function next(n: number, step = 1): Promise<number> {\n  return n + step;\n}",
    "function next(n: number, step = 1): Promise<number>",
  ],
  [
    "the overloads of a function, not what they lead to",
    "export function next(n: 1): 2;\nexport function next(n: 2): 3;\nexport function next(n: number): number { return n + 1; }",
    "function next(n: 1): 2\nfunction next(n: 2): 3",
  ],
  [
    "a function in a constant",
    "export const next = (n: number): number => n + 1;",
    "const next = (n: number): number",
  ],
  ["a constant's type", "export const next: readonly number[] = [1, 2];", "const next: readonly number[]"],
  ["a literal", 'export const next = "n";', 'const next = "n"'],
  [
    "what is public of a class",
    "export class next extends Base {\n  /** How many. */\n  readonly size: number = 1;\n  #hidden = 2;\n  private also = 3;\n  constructor(n: number) {\n    super();\n  }\n  override get half(): number {\n    return 1;\n  }\n}",
    "class next extends Base {\n  readonly size: number\n  constructor(n: number)\n  get half(): number\n}",
  ],
  [
    "an interface without comments",
    "export interface next<T> {\n  /** One. */\n  readonly one: T;\n  // Two.\n  two(): void;\n}",
    "interface next<T> {\n  readonly one: T\n  two(): void\n}",
  ],
  ["a type", 'export type next = "a" | "b";', 'type next = "a" | "b"'],
])("shows %s", (_, source, expected) => {
  expect(declarationText(sourceOf(source), "next")).toBe(expected);
});

test("a name that is not there is refused", () => {
  const file = sourceOf("export const one = 1;");
  expect(() => declarationText(file, "two")).toThrow(
    `declarationText: name must be declared in ${file}, got two; run npm run api`,
  );
});

test("names of exports keep their order", () => {
  const file = sourceOf('export { b, type A } from "./x.ts";\nexport type { C as D } from "./y.ts";');
  expect(exportedNames(file)).toEqual(["b", "A", "D"]);
});
