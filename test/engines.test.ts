/** The scheduler in SpiderMonkey and JavaScriptCore: what V8 computes, to the last bit. Reads `dist`: build first. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCases, readGolden } from "../packages/scheduler/src/golden.fixture.ts";
import { type Draw, draw, replayCase } from "./replay-case.fixture.ts";
import { required } from "./required.fixture.ts";
import { run } from "./run.fixture.ts";

const fixture = fileURLToPath(new URL("replay-case.fixture.ts", import.meta.url));
const cases = ["step", "multistep", "cosine", "tanh", "poly", "plateau"].flatMap(readCases);
const seeds = readGolden<{ draws: Draw[] }>("scheduler/torch_draws.json").draws.map(({ seed }) => seed);

const folder = await mkdtemp(join(tmpdir(), "tsimm-engines-"));
const script = join(folder, "script.js");
afterAll(() => rm(folder, { recursive: true }));

/** A value as source text; JSON has no NaN and no infinity. */
function literal(value: unknown): string {
  const text = JSON.stringify(value, (_, item) =>
    typeof item === "number" && !Number.isFinite(item) ? `<${item}>` : item,
  );
  return text.replace(/"<(NaN|-?Infinity)>"/g, "$1");
}

/** A script for shells that know no module, no file and no URL. */
beforeAll(async () => {
  const entry = join(folder, "entry.ts");
  await writeFile(
    entry,
    `import { draw, replayCase } from ${JSON.stringify(fixture)};
    const cases = ${literal(cases)};
    print(JSON.stringify({ replays: cases.map(replayCase), draws: ${JSON.stringify(seeds)}.map(draw) }));`,
  );
  const built = await build({
    logLevel: "silent",
    configFile: false,
    plugins: [
      {
        name: "no-files",
        enforce: "pre",
        resolveId: (id) => (id === "node:fs" ? "\0no-files" : null),
        load: (id) => (id === "\0no-files" ? "export const readFileSync = null;" : null),
      },
    ],
    build: { write: false, lib: { entry, formats: ["iife"], name: "script" } },
  });
  const [output] = [built].flat();
  if (output === undefined || !("output" in output)) throw new Error("no bundle");
  await writeFile(script, `globalThis.URL ??= class {};\n${output.output[0].code}`);
});

const shells = { SpiderMonkey: "js102", JavaScriptCore: "jsc" };
for (const [engine, shell] of Object.entries(shells)) {
  const present = await required(engine, () => run(shell, ["-e", "0"]));
  test.skipIf(present === null)(`${engine} answers every golden case and draw as Node does`, async () => {
    const { stdout } = await run(shell, [script]);
    const expected = { replays: cases.map(replayCase), draws: seeds.map(draw) };
    expect(cases).toHaveLength(248);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(expected)));
  });
}
