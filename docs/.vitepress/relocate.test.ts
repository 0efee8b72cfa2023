import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PLACEHOLDER, relocate, relocateScript } from "./relocate.ts";

test.each([
  ["a string", `export const value = "${PLACEHOLDER}start.html";`, "/a/b/start.html"],
  ["text that holds it twice", `export const value = '${PLACEHOLDER} ${PLACEHOLDER}x';`, "/a/b/ /a/b/x"],
  ["a template", `export const value = \`${PLACEHOLDER}\${1 + 1}.js\`;`, "/a/b/2.js"],
  ["a key", `export const value = Object.keys({ "${PLACEHOLDER}x": 1 })[0];`, "/a/b/x"],
  ["JSON", `export const value = JSON.parse("{\\"base\\":\\"${PLACEHOLDER}\\"}").base;`, "/a/b/"],
])("the base in %s is that of the page", async (_, script, expected) => {
  const code = relocateScript(script, '"/a/b/"');
  const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
  expect(module.value).toBe(expected);
});

test("a base that is no string is refused", () => {
  expect(() => relocateScript(`const one = 1; // ${PLACEHOLDER}`, '"/"')).toThrow(
    "relocateScript: the base must stand in strings alone",
  );
});

test("pages and styles get addresses that are relative to them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-relocate-"));
  await mkdir(join(folder, "api/tsimm"), { recursive: true });
  const page = `<body><a href="${PLACEHOLDER}start/">x</a><p>${PLACEHOLDER} in a text</p></body>`;
  await writeFile(join(folder, "index.html"), page);
  await writeFile(join(folder, "api/tsimm/optim.html"), page);
  await writeFile(join(folder, "api/style.css"), `a { background: url(${PLACEHOLDER}x.png) }`);
  await relocate(folder);
  expect(await readFile(join(folder, "index.html"), "utf8")).toContain('<a href="./start/">');
  const deep = await readFile(join(folder, "api/tsimm/optim.html"), "utf8");
  expect(deep).toContain('<a href="../../start/">');
  expect(deep).toContain(`<p>${PLACEHOLDER} in a text</p>`);
  expect(await readFile(join(folder, "api/style.css"), "utf8")).toBe("a { background: url(../x.png) }");
  await rm(folder, { recursive: true });
});
