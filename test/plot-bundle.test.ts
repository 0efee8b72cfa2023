/** What `tsimm/plot` adds to a page, and the one file for a script tag. Reads `dist`: build first. */
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, test } from "vitest";
import * as scheduler from "../packages/scheduler/src/index.ts";
import * as plot from "../packages/tsimm/src/plot.ts";

const dist = (file: string) => fileURLToPath(new URL(`../packages/tsimm/dist/${file}`, import.meta.url));

/** The bundle of an entry, for a page. */
async function bundled(entry: string) {
  const built = await build({
    logLevel: "silent",
    configFile: false,
    build: {
      write: false,
      lib: { entry, formats: ["es"] },
      // A library would keep its white space.
      rolldownOptions: { output: { minify: true } },
    },
  });
  const [output] = [built].flat();
  if (output === undefined || !("output" in output)) throw new Error("no bundle");
  return output.output;
}

// Measured: 114,733 and 117,676 bytes. Figures are 88,400 of them, nearly all Observable Plot with what it takes of d3;
// schedules with their preview 15,300; the table of flags, which the playground has its parameters from, 10,000. The file
// for a script tag has the licences and the rest of the schedulers besides. A page that trains loads 14 MB of engine.
const CEILING = { plot: 115_500, file: 118_500 };

test("tsimm/plot brings no engine, no codec and nothing of Node", async () => {
  const [chunk, ...others] = await bundled(dist("plot.js"));
  expect(others.map(({ fileName }) => fileName)).toEqual([]);
  const modules = Object.keys(chunk.modules).map((id) => id.replaceAll("\\", "/"));
  expect(
    modules.filter((id) => /onnxruntime|\/sharp\/|\.wasm|^node:|__vite-browser-external/.test(id)),
  ).toEqual([]);
  const rooms = modules.flatMap((id) => /packages\/tsimm\/dist\/([\w-]+)\//.exec(id)?.[1] ?? []);
  expect([...new Set(rooms)].sort()).toEqual(["plot", "preview", "recipe", "text"]);
  expect(chunk.imports).toEqual([]);
  expect(gzipSync(chunk.code).length).toBeLessThanOrEqual(CEILING.plot);
});

test("the file for a script tag exports schedulers and figures, and imports nothing", async () => {
  const file = dist("tsimm-plot.js");
  const text = await readFile(file, "utf8");
  expect(text).not.toMatch(/\bimport\s*[{"'*(]|\bfrom\s*["']|\brequire\(/);
  const names = Object.keys(await import(pathToFileURL(file).href));
  expect(names.sort()).toEqual([...new Set([...Object.keys(scheduler), ...Object.keys(plot)])].sort());
  expect(gzipSync(text).length).toBeLessThanOrEqual(CEILING.file);
});

test("its head names what is inside, with licences", async () => {
  const text = await readFile(dist("tsimm-plot.js"), "utf8");
  const head = text.slice(0, text.indexOf("*/"));
  expect(head).toMatch(/^\/\*! tsimm \d+\.\d+\.\d+: .*Apache-2\.0/);
  const inside = (await bundled(dist("plot-bundle.js"))).flatMap((chunk) =>
    chunk.type === "chunk" ? Object.entries(chunk.modules) : [],
  );
  const packages = inside.flatMap(([id, { renderedLength }]) => {
    const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll("\\", "/")) ?? [];
    return name !== undefined && renderedLength > 0 ? [name] : [];
  });
  expect(packages).toContain("@observablehq/plot");
  for (const name of new Set(packages))
    expect(head).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(\\w+\\): Copyright .*\\d{4}`, "m"));
  expect(head).toContain("Permission to use, copy, modify, and/or distribute this software");
});
