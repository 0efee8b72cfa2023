/** The generated pages of the site: every export and every flag, as the packages have them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as autodiff from "@tsimm/autodiff";
import * as scheduler from "@tsimm/scheduler";
import * as tsimm from "tsimm";
import * as layers from "tsimm/layers";
import * as plot from "tsimm/plot";
import { describe, expect, test } from "vitest";
import { commandExamples } from "../docs/.vitepress/command-examples.ts";
import { bodyOf, siteFolder, sitePages } from "./built-site.fixture.ts";
import { run } from "./run.fixture.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const pages = sitePages();
const command = join(repository, "packages/tsimm/bin/tsimm.js");

/** Words of a page as one reads them. */
function textOf(path: string): string {
  const page = pages.find((each) => each.path === path);
  return words(
    page === undefined
      ? ""
      : bodyOf(page)
          .replaceAll(/<[^>]*>/g, "")
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&"),
  );
}

function words(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

describe.each([
  ["scheduler", scheduler],
  ["autodiff", autodiff],
  ["tsimm", { ...tsimm, ...layers, ...plot }],
])("exports of %s", (name, exports) => {
  test("each has a place in the API", () => {
    const ids = pages
      .filter(({ path }) => path.startsWith(`api/${name}/`) && !path.endsWith("index.html"))
      .flatMap(({ html }) => [...html.matchAll(/<h2 id="([^"]+)"/g)].map(([, id = ""]) => id));
    expect(Object.keys(exports).filter((each) => !ids.includes(each))).toEqual([]);
    expect(ids.length).toBe(new Set(ids).size);
  });

  test("each has a link to its source, and an example if it is a function or a class", () => {
    const sections = new Map(
      pages
        .filter(({ path }) => path.startsWith(`api/${name}/`) && !path.endsWith("index.html"))
        .flatMap(({ html }) => html.split('<h2 id="').slice(1))
        .map((section) => [
          section.slice(0, section.indexOf('"')),
          section.replaceAll(/<\/?span[^>]*>/g, ""),
        ]),
    );
    const lacks = (id: string, part: string) => !sections.get(id)?.includes(part);
    const names = Object.keys(exports);
    const callable = names.filter((each) => typeof Reflect.get(exports, each) === "function");
    expect(names.filter((each) => lacks(each, 'href="https://github.com/tsimm/tsimm/blob/main/'))).toEqual(
      [],
    );
    expect(callable.filter((each) => lacks(each, "// =&gt; "))).toEqual([]);
  });

  test("the search knows each by its name", async () => {
    const chunks = join(siteFolder, "assets/chunks");
    const file = readdirSync(chunks).find((each) => each.startsWith("@localSearchIndexroot")) ?? "";
    const index = await import(/* @vite-ignore */ pathToFileURL(join(chunks, file)).href);
    const { documentIds, storedFields } = JSON.parse(index.default);
    const found = Object.entries<string>(documentIds)
      .filter(([, address]) => address.includes(`/api/${name}/`))
      .map(([id]) => storedFields[id].title);
    expect(Object.keys(exports).filter((each) => !found.includes(each))).toEqual([]);
  });
});

describe("commands", () => {
  const help = (words: readonly string[]) => run(process.execPath, [command, ...words]);

  test("stand in the order of tsimm --help", async () => {
    const { stdout } = await help(["--help"]);
    const names = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) .*? {2}/gm)].map(([, name = ""]) => name);
    const links = [
      ...(pages.find(({ path }) => path === "command-line/index.html")?.html ?? "").matchAll(
        /<code>tsimm ([a-z-]+)<\/code><\/a>:/g,
      ),
    ].map(([, name = ""]) => name);
    expect(links).toEqual(names.filter((name) => name !== "help"));
    expect(Object.keys(commandExamples).sort()).toEqual([...links].sort());
  });

  test.each(Object.keys(commandExamples))("tsimm %s --help says the same as its page", async (name) => {
    const { stdout } = await help([name, "--help"]);
    const text = textOf(`command-line/${name}.html`);
    // A description goes on below itself.
    const rows = stdout.replaceAll(/\n {10,}/g, " ").match(/^ {2}(?!-h, )\S.*$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(text).toContain(words(row));
    expect(text).toContain(words(/^Usage: (.*)$/m.exec(stdout)?.[1] ?? "?"));
  });

  test.each(Object.entries(commandExamples))(
    "examples of %s have flags that it has",
    async (name, examples) => {
      const { stdout } = await help([name, "--help"]);
      for (const { command: line } of examples) {
        expect(line).toMatch(new RegExp(`^npx tsimm ${name}\\b`));
        for (const [flag] of line.matchAll(/(?<= )--?[a-z][\w-]*/g)) {
          expect(stdout).toMatch(new RegExp(`(?<=[ ,])${flag}(?=[ ,])`));
        }
      }
    },
  );
});
