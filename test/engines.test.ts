/** The scheduler in other engines and runtimes: what Node computes, to the last bit. Reads `dist`: build first. */
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCases, readGolden } from "../packages/scheduler/src/golden.fixture.ts";
import { type Draw, draw, replayCase } from "./replay-case.fixture.ts";
import { required } from "./required.fixture.ts";
import { run } from "./run.fixture.ts";

const fixture = fileURLToPath(new URL("replay-case.fixture.ts", import.meta.url));
const repository = fileURLToPath(new URL("..", import.meta.url));
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
  const shims = "globalThis.URL = class {}; globalThis.print ??= (text) => console.log(text);";
  await writeFile(script, `${shims}\n${output.output[0].code}`);
});

const shells = { SpiderMonkey: "js102", JavaScriptCore: "jsc" };
for (const [engine, shell] of Object.entries(shells)) {
  const present = await required(engine, () => run(shell, ["-e", "0"]));
  test.skipIf(present === null)(`${engine} answers every golden case and draw as Node does`, async () => {
    expectSameAsNode((await run(shell, [script])).stdout);
  });
}

describe("runtimes", async () => {
  // Programs that the npm registry holds; 200 MB, so no dependencies of every checkout.
  const runtimes = {
    Deno: { package: "deno@2.9.6", run: ["run", "--quiet"] },
    Bun: { package: "bun@1.4.5", run: [] },
  };
  const paths = await required("Deno and Bun", () =>
    install(Object.values(runtimes).map((one) => one.package)),
  );

  test.skipIf(paths === null).each(Object.entries(runtimes))(
    "%s imports the package, and answers as Node does",
    async (name, { run: words }) => {
      const program = paths?.find((path) => path.endsWith(name.toLowerCase())) ?? "";
      const importing = join(folder, "importing.js");
      await writeFile(
        importing,
        `import { stepLr } from "@tsimm/scheduler";
      console.log(stepLr(0.1, { decayT: 30, decayRate: 0.1 })(30));`,
      );
      expect((await run(program, [...words, importing], { cwd: folder })).stdout).toBe(
        "0.010000000000000002\n",
      );
      expectSameAsNode((await run(program, [...words, script], { cwd: folder })).stdout);
    },
  );
});

function expectSameAsNode(stdout: string): void {
  const expected = { replays: cases.map(replayCase), draws: seeds.map(draw) };
  expect(cases).toHaveLength(248);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(expected)));
}

/** Installs programs and the scheduler from its tarball beside the script; returns the programs' paths. */
async function install(programs: readonly string[]): Promise<string[]> {
  const words = ["pack", "--json", "--pack-destination", folder, "--workspace", "@tsimm/scheduler"];
  const [packed] = JSON.parse((await run("npm", words, { cwd: repository })).stdout);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const flags = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...flags, join(folder, packed.filename), ...programs], { cwd: folder });
  const modules = join(folder, "node_modules");
  const files = await readdir(modules, { recursive: true });
  // The wrappers' own scripts would fetch what is there already.
  const paths = files.filter((file) => /@(deno|oven)[\\/][^\\/]+[\\/](bin[\\/])?(deno|bun)$/.test(file));
  return Promise.all(
    paths.map(async (path) => {
      await chmod(join(modules, path), 0o755);
      return join(modules, path);
    }),
  );
}
