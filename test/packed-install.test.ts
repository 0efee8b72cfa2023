/** What npm would publish: packed, installed elsewhere, and used as a stranger would. */
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createModel, listModels } from "../packages/tsimm/src/models/registry.ts";
import { installed, npm } from "./npm.fixture.ts";
import { run } from "./run.fixture.ts";

interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

const repository = fileURLToPath(new URL("..", import.meta.url));
const packages = [
  { name: "@tsimm/scheduler", folder: "scheduler" },
  { name: "@tsimm/autodiff", folder: "autodiff" },
  { name: "tsimm", folder: "tsimm" },
] as const;

let root = "";
let packed: Packed[] = [];
const began = Date.now();
const tarball = (name: string) =>
  join(root, packed.find((entry) => entry.name === name)?.filename ?? `no tarball of ${name}`);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-packed-"));
  const workspaces = packages.flatMap(({ name }) => ["--workspace", name]);
  const words = ["pack", "--json", "--pack-destination", root, ...workspaces];
  packed = JSON.parse((await npm(words, repository)).stdout);
  await writeFile(join(root, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const flags = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await npm(["install", ...flags, ...packages.map(({ name }) => tarball(name))], root);
}, 300_000);

afterAll(() => rm(root, { recursive: true }));

test("npm pack builds what it packs, in a clone that was not built", async () => {
  const clone = join(root, "clone");
  const needed = ["packages/scheduler", "*.json", ".npmrc", "CHANGELOG.md", "tools/build-to-pack.mjs"];
  const { stdout } = await run("git", ["ls-files", ...needed], { cwd: repository });
  for (const file of stdout
    .trimEnd()
    .split("\n")
    .filter((name) => !name.startsWith("test/"))) {
    await mkdir(dirname(join(clone, file)), { recursive: true });
    await copyFile(join(repository, file), join(clone, file));
  }
  await symlink(join(repository, "node_modules"), join(clone, "node_modules"), "junction");
  const words = ["pack", "--json", "--pack-destination", root, "--workspace", "@tsimm/scheduler"];
  const [one]: Packed[] = JSON.parse((await npm(words, clone)).stdout);
  const paths = one?.files.map(({ path }) => path) ?? [];
  expect(paths.filter((path) => path.startsWith("dist/index."))).toEqual([
    ...["dist/index.d.ts", "dist/index.d.ts.map", "dist/index.js", "dist/index.js.map"],
  ]);
});

const PAGES = [
  "dist/tsimm-plot.js",
  ...["index.html", "train.html", "licenses.txt"].map((name) => `dist/playground/${name}`),
];

test("npm pack builds the pages anew", async () => {
  for (const page of PAGES) {
    const { mtimeMs } = await stat(join(repository, "packages", "tsimm", page));
    // Some file systems count in seconds.
    expect(mtimeMs).toBeGreaterThan(began - 2000);
  }
});

test("the pages are packed without the engine, which onnxruntime-web brings", async () => {
  const files = packed.find(({ name }) => name === "tsimm")?.files ?? [];
  const paths = files
    .map(({ path }) => path)
    .filter((path) => /^dist\/(playground\/|tsimm-plot\.js$)/.test(path));
  expect(PAGES.filter((page) => !paths.includes(page))).toEqual([]);
  expect(paths.filter((path) => path.endsWith(".wasm") || path.endsWith(".map"))).toEqual([]);
});

test("tsimm/tsimm-plot.js has the names of tsimm/plot and of @tsimm/scheduler", async () => {
  const all = [...(await namesOf("tsimm/plot")), ...(await namesOf("@tsimm/scheduler"))];
  expect(await namesOf("tsimm/tsimm-plot.js")).toEqual([...new Set(all)].sort());
});

test.each(packages)("$name says where it comes from", async ({ name, folder }) => {
  const {
    repository: source,
    homepage,
    bugs,
    keywords,
  } = JSON.parse(await readFile(join(repository, "packages", folder, "package.json"), "utf8"));
  const place = {
    type: "git",
    url: "git+https://github.com/tsimm/tsimm.git",
    directory: `packages/${folder}`,
  };
  expect({ name, source }).toEqual({ name, source: place });
  expect(homepage).toBe(`https://github.com/tsimm/tsimm/tree/main/packages/${folder}#readme`);
  expect(bugs).toBe("https://github.com/tsimm/tsimm/issues");
  expect(keywords.length).toBeGreaterThanOrEqual(5);
});

/** What a program printed; to have printed on stderr is a failure. */
async function printed(
  output: Promise<{ readonly stdout: string; readonly stderr: string }>,
): Promise<string> {
  const { stdout, stderr } = await output;
  expect(stderr).toBe("");
  return stdout;
}

/** Names that a module exports where the packages are installed. */
async function namesOf(module: string): Promise<string[]> {
  const script = `console.log(JSON.stringify(Object.keys(await import("${module}"))))`;
  const words = ["--input-type=module", "-e", script];
  return JSON.parse(await printed(run(process.execPath, words, { cwd: root }))).sort();
}

describe.each(packages)("$name", ({ name, folder }) => {
  test("packs its sources, license, notice and readme, and nothing that only tests use", async () => {
    const paths = packed.find((entry) => entry.name === name)?.files.map(({ path }) => path) ?? [];
    const documents = ["LICENSE", "NOTICE", "README.md", "CHANGELOG.md"];
    const needed = [...documents, "dist/index.js", "dist/index.d.ts", "src/index.ts"];
    expect(needed.filter((path) => !paths.includes(path))).toEqual([]);
    expect(paths.filter((path) => /\.(test|fixture)\.|\.tsbuildinfo$|(^|\/)golden\//.test(path))).toEqual([]);
    for (const file of ["LICENSE", "NOTICE"]) {
      const copy = await readFile(join(repository, "packages", folder, file), "utf8");
      expect(copy).toBe(await readFile(join(repository, file), "utf8"));
    }
  });

  test("exports what its source exports, silently", async () => {
    const source: object = await import(`../packages/${folder}/src/index.ts`);
    const names = await namesOf(name);
    expect(names).toEqual(Object.keys(source).sort());
    expect(names).not.toEqual([]);
  });

  test("every map leads to a source that is packed, and every compiled module has one", async () => {
    const paths = packed.find((entry) => entry.name === name)?.files.map(({ path }) => path) ?? [];
    const at = join(root, "node_modules", name);
    // What is bundled for pages has none.
    const compiled = paths.filter((path) => /^dist\/(?!playground\/|tsimm-plot\.js$).*\.js$/.test(path));
    expect(compiled.length).toBeGreaterThan(40);
    const lost: string[] = [];
    for (const path of compiled.flatMap((file) => [`${file}.map`, file.replace(/\.js$/, ".d.ts.map")])) {
      const { sources }: { sources: string[] } = JSON.parse(await readFile(join(at, path), "utf8"));
      const missing = sources.filter((source) => !paths.includes(posix.join(posix.dirname(path), source)));
      lost.push(...missing.map((source) => `${path}: ${source}`));
    }
    expect(lost).toEqual([]);
  });

  test("passes publint and Are The Types Wrong", async () => {
    const bytes = await readFile(tarball(name));
    const { messages, pkg } = await publint({
      strict: true,
      pack: { tarball: new Uint8Array(bytes).buffer },
    });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
    const words = [tarball(name), "--profile", "esm-only", "--no-definitely-typed", "--no-color"];
    const table = await printed(installed(repository, "attw", words, root));
    const { exports } = JSON.parse(
      await readFile(join(repository, "packages", folder, "package.json"), "utf8"),
    );
    const entries = Object.keys(exports).map((entry) => `"${posix.join(name, entry)}"`);
    expect(entries.filter((entry) => !table.includes(entry))).toEqual([]);
  });
});

test.each([
  ["browser", () => import("../packages/tsimm/src/browser.ts")],
  ["layers", () => import("../packages/tsimm/src/layers.ts")],
  ["plot", () => import("../packages/tsimm/src/plot.ts")],
] as const)("tsimm/%s is installed with every name of its source", async (entry, load) => {
  expect(await namesOf(`tsimm/${entry}`)).toEqual(Object.keys(await load()).sort());
});

describe("the installed command", () => {
  const tsimm = (...words: string[]) => printed(installed(root, "tsimm", words));

  test("explains itself", async () => {
    expect(await tsimm("--help")).toMatch(/^Usage: tsimm \[options\] \[command\]\n.*\n {2}train /s);
    expect(await tsimm("--version")).toBe(`${packed.find(({ name }) => name === "tsimm")?.version}\n`);
  });

  test("lists every model with its parameters", async () => {
    const lines = (await tsimm("models")).trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual(listModels());
    const count = createModel("resnet18").parameters.reduce((sum, { data }) => sum + data.length, 0);
    expect(count).toBe(11_689_512);
    expect(lines.find((line) => /^resnet18 /.test(line))).toMatch(/ 11\.69 M {2}/);
  });
});
