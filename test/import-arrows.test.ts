/**
 * Imports go one way: tsimm -> autodiff, tsimm -> scheduler, and inside a package a room imports only from rooms below
 * it. The linter has to report every other arrow.
 */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Rooms of tsimm, from the ground up. */
const rooms = [
  ...["text", "files", "wasm", "random", "plot", "weights", "models", "optim", "runtime", "state", "update"],
  ...["task", "data"],
  ...["train", "checkpoint", "listeners", "preview", "report", "recipe", "predict", "cli"],
];

/** Files of tsimm's root that every room uses, but for `text`, which they use. */
const ground = ["registry.ts", "option-names.ts", "usage-error.ts", "version.ts"];

/** Rooms of the other packages: what is beside a room is above it, but for what is named. */
const packages = {
  autodiff: {
    graph: [],
    onnx: ["graph"],
    passes: ["graph"],
    gradients: ["graph"],
    losses: ["graph"],
    lower: ["graph", "gradients"],
  },
  scheduler: { math: [], random: ["math"], schedules: ["math", "random"], adapters: [] },
} as const;

const tsimm = "packages/tsimm/src";

const insideTsimm = rooms.flatMap((from, i) =>
  rooms
    .filter((to) => to !== from)
    .map((to) => ({ from: `${tsimm}/${from}`, to: `../${to}/part.ts`, allowed: rooms.indexOf(to) < i })),
);

/** A file in a folder of a room is in that room. */
const insideFolders = rooms.flatMap((from, i) =>
  rooms.slice(i + 1, i + 2).map((to) => ({
    from: `${tsimm}/${from}/folder`,
    to: `../../${to}/part.ts`,
    allowed: false,
  })),
);

const insideOthers = Object.entries(packages).flatMap(([name, own]) =>
  Object.entries<readonly string[]>(own).flatMap(([from, below]) =>
    Object.keys(own)
      .filter((to) => to !== from)
      .map((to) => ({
        from: `packages/${name}/src/${from}`,
        to: `../${to}/part.ts`,
        allowed: below.includes(to),
      })),
  ),
);

const toTheRoot = rooms.flatMap((from) => [
  ...ground.map((file) => ({
    from: `${tsimm}/${from}`,
    to: `../${file}`,
    allowed: from !== "text" || ["usage-error.ts", "version.ts"].includes(file),
  })),
  ...["index.ts", "browser.ts", "layers.ts", "plot.ts"].map((file) => ({
    from: `${tsimm}/${from}`,
    to: `../${file}`,
    allowed: false,
  })),
]);

const node = rooms.map((from) => ({
  from: `${tsimm}/${from}`,
  to: "node:fs",
  allowed: !["state", "update", "task", "train"].includes(from),
}));

const engines = rooms.flatMap((from) =>
  ["onnxruntime-node", "onnxruntime-web/wasm", "onnxruntime-web/webgpu"].map((to) => ({
    from: `${tsimm}/${from}`,
    to,
    allowed: from === "runtime",
  })),
);

/** A file with a name of its own that imports one thing. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly allowed: boolean;
  /** Absent: one of its own. */
  readonly name?: string;
}

const fromTheRoot = (
  folder: string,
  name: string,
  allowed: readonly string[],
  refused: readonly string[],
) => [
  ...allowed.map((to) => ({ from: folder, name, to, allowed: true })),
  ...refused.map((to) => ({ from: folder, name, to, allowed: false })),
];

const arrows: readonly Arrow[] = [
  ...insideTsimm,
  ...insideFolders,
  ...insideOthers,
  ...toTheRoot,
  ...node,
  ...engines,
  ...ground.flatMap((name) =>
    fromTheRoot(tsimm, name, ["./text/part.ts"], ["./files/part.ts", "./cli/part.ts", "./index.ts"]),
  ),
  ...fromTheRoot(tsimm, "layers.ts", ["./models/part.ts"], ["./optim/part.ts", "./index.ts"]),
  ...fromTheRoot(
    tsimm,
    "plot.ts",
    ["./plot/part.ts", "./preview/part.ts"],
    ["./runtime/part.ts", "./browser.ts"],
  ),
  ...fromTheRoot(tsimm, "browser.ts", ["./train/part.ts", "./listeners/part.ts"], ["./recipe/part.ts"]),
  ...fromTheRoot(tsimm, "browser.ts", ["./predict/part.ts"], ["./checkpoint/part.ts", "./index.ts"]),
  ...fromTheRoot(tsimm, "index.ts", ["./recipe/part.ts"], ["./cli/part.ts", "./browser.ts"]),
  { from: `${tsimm}/data/transforms`, to: "../part.ts", allowed: true },
  { from: `${tsimm}/models`, to: "@tsimm/autodiff", allowed: true },
  { from: `${tsimm}/preview`, to: "@tsimm/scheduler", allowed: true },
  { from: "packages/autodiff/src/gradients/layout", to: "../../training-graph.ts", allowed: false },
  { from: "packages/autodiff/src/gradients/layout", to: "../../graph/part.ts", allowed: true },
  { from: "packages/autodiff/src/gradients/layout", to: "../../trainable/part.ts", allowed: false },
  { from: "packages/autodiff/src/lower", to: "../training-graph.ts", allowed: true },
  { from: "packages/autodiff/src/lower/ort-cpu", to: "../../trainable.ts", allowed: false },
  { from: "packages/autodiff/src/trainable", to: "../trainable.ts", allowed: false },
  { from: "packages/autodiff/src/trainable", to: "../lower/part.ts", allowed: false },
  { from: "packages/autodiff/src/trainable", to: "../gradients/part.ts", allowed: true },
  { from: "packages/autodiff/src/gradients", to: "@tsimm/scheduler", allowed: false },
  { from: "packages/autodiff/src", to: "tsimm", allowed: false },
  { from: "packages/autodiff/src", to: "onnxruntime-node", allowed: false },
  { from: "packages/autodiff/src", to: "onnxruntime-web/wasm", allowed: false },
  { from: "packages/autodiff/src", to: "node:fs", allowed: false },
  { from: "packages/autodiff/src", to: "@bufbuild/protobuf", allowed: true },
  { from: "packages/scheduler/src/math", to: "../schedule.ts", allowed: false },
  { from: "packages/scheduler/src/random", to: "../scheduler.ts", allowed: false },
  { from: "packages/scheduler/src/adapters", to: "../param-groups.ts", allowed: true },
  { from: "packages/scheduler/src/schedules", to: "../scheduler.ts", allowed: true },
  { from: "packages/scheduler/src/schedules", to: "../registry.ts", allowed: false },
  { from: "packages/scheduler/src/schedules", to: "../create-scheduler.ts", allowed: false },
  { from: "packages/scheduler/src", to: "./schedules/part.ts", allowed: false },
  { from: "packages/scheduler/src", to: "./registry.ts", allowed: false },
  ...fromTheRoot("packages/scheduler/src", "registry.ts", ["./schedules/index.ts"], ["tsimm"]),
  { from: "packages/scheduler/src", to: "@tsimm/autodiff", allowed: false },
  { from: "packages/scheduler/src", to: "node:fs", allowed: false },
];

/** Imports of each file, one a line. */
const lines = new Map<string, Arrow[]>();
for (const arrow of arrows) {
  const file = `${arrow.from}/${arrow.name ?? "arrow.ts"}`;
  lines.set(file, [...(lines.get(file) ?? []), arrow]);
}

let folder = "";
/** Lines that the linter reports, as `file:line`. */
let reported: Set<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-arrows-"));
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  for (const [file, imports] of lines) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(
      join(folder, file),
      imports.map(({ to }, i) => `export * as m${i} from "${to}";\n`).join(""),
    );
  }
  const biome = join(root, "node_modules", ".bin", "biome");
  const words = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."];
  // It ends with code 1, as there is something to report.
  const { stdout } = await run(biome, words, { cwd: folder, maxBuffer: 2 ** 26 }).catch((error) => error);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string; start: { line: number } } }[];
  };
  reported = new Set(
    diagnostics
      .filter(({ category }) => category === "lint/style/noRestrictedImports")
      .map(({ location: { path, start } }) => `${path}:${start.line}`),
  );
});

afterAll(() => rm(folder, { recursive: true }));

const cases = [...lines].flatMap(([file, imports]) =>
  imports.map(({ from, name, to, allowed }, i) => ({
    ...{ importer: name === undefined ? from : `${from}/${name}`, to, allowed },
    line: `${file}:${i + 1}`,
  })),
);

test.each(cases)("$importer may import $to: $allowed", ({ line, allowed }) => {
  expect(reported.has(line)).toBe(!allowed);
});

test("every folder of a package is a room with its arrows", async () => {
  const foldersOf = async (name: string) =>
    (await readdir(join(root, "packages", name, "src"), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  expect(await foldersOf("tsimm")).toEqual(rooms.toSorted());
  expect(await foldersOf("autodiff")).toEqual([...Object.keys(packages.autodiff), "trainable"].sort());
  expect(await foldersOf("scheduler")).toEqual(Object.keys(packages.scheduler).sort());
});

test("tsimm has no file outside its rooms but those that all rooms or none stand on", async () => {
  const entries = await readdir(join(root, tsimm), { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"));
  expect(files.map(({ name }) => name).sort()).toEqual(
    [...ground, "index.ts", "browser.ts", "layers.ts", "plot.ts", "plot-bundle.ts"].sort(),
  );
});

test("nothing is excepted from the arrows", async () => {
  const excepted: string[] = [];
  for (const name of ["autodiff", "scheduler", "tsimm"]) {
    const folder = join(root, "packages", name, "src");
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith(".ts")) continue;
      const text = await readFile(join(folder, file), "utf8");
      if (text.includes("biome-ignore lint/style/noRestrictedImports")) excepted.push(`${name}/src/${file}`);
    }
  }
  expect(excepted).toEqual([]);
});
