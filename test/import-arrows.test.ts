/**
 * Imports go one way: tsimm -> autodiff, tsimm -> scheduler, and inside a package a room imports only from rooms below
 * it. The linter has to report every other arrow.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Rooms of tsimm, from the ground up; `train` and `schedule` use each other: the table of flags is in `train`. */
const rooms = [
  ...[
    "text",
    "files",
    "random",
    "plot",
    "weights",
    "models",
    "optim",
    "runtime",
    "data",
    "train",
    "schedule",
  ],
  ...["predict", "cli"],
];

const insideTsimm = rooms.flatMap((from, i) =>
  rooms
    .filter((to) => to !== from)
    .map((to) => ({
      from: `packages/tsimm/src/${from}`,
      to: `../${to}/part.ts`,
      allowed: rooms.indexOf(to) < i || (from === "train" && to === "schedule"),
    })),
);

const insideAutodiff = ["graph", "onnx", "gradients", "losses"].flatMap((from) =>
  ["graph", "onnx", "gradients", "losses"]
    .filter((to) => to !== from)
    .map((to) => ({
      from: `packages/autodiff/src/${from}`,
      to: `../${to}/part.ts`,
      allowed: to === "graph",
    })),
);

const arrows = [
  ...insideTsimm,
  ...insideAutodiff,
  { from: "packages/tsimm/src/data/transforms", to: "../../train/part.ts", allowed: false },
  { from: "packages/tsimm/src/data/transforms", to: "../part.ts", allowed: true },
  { from: "packages/tsimm/src/optim", to: "../index.ts", allowed: false },
  { from: "packages/tsimm/src/cli/commands", to: "../../browser.ts", allowed: false },
  { from: "packages/tsimm/src/cli/commands", to: "../../predict/part.ts", allowed: true },
  { from: "packages/autodiff/src/gradients/layout", to: "../../training-graph.ts", allowed: false },
  { from: "packages/autodiff/src/gradients/layout", to: "../../graph/part.ts", allowed: true },
  { from: "packages/scheduler/src/math", to: "../step-lr.ts", allowed: false },
  { from: "packages/scheduler/src/math", to: "../random/part.ts", allowed: false },
  { from: "packages/scheduler/src/random", to: "../scheduler.ts", allowed: false },
  { from: "packages/scheduler/src/random", to: "../math/part.ts", allowed: true },
  { from: "packages/scheduler/src", to: "tsimm", allowed: false },
  { from: "packages/scheduler/src", to: "@tsimm/autodiff", allowed: false },
  { from: "packages/scheduler/src", to: "node:fs", allowed: false },
  { from: "packages/scheduler/src/math", to: "../warmup.ts", allowed: true },
  { from: "packages/autodiff/src", to: "tsimm", allowed: false },
  { from: "packages/autodiff/src/gradients", to: "@tsimm/scheduler", allowed: false },
  { from: "packages/autodiff/src", to: "onnxruntime-node", allowed: false },
  { from: "packages/autodiff/src", to: "node:fs", allowed: false },
  { from: "packages/autodiff/src", to: "@bufbuild/protobuf", allowed: true },
  { from: "packages/tsimm/src/models", to: "onnxruntime-node", allowed: false },
  { from: "packages/tsimm/src/train", to: "onnxruntime-web", allowed: false },
  { from: "packages/tsimm/src/train", to: "onnxruntime-web/wasm", allowed: false },
  { from: "packages/autodiff/src", to: "onnxruntime-web/wasm", allowed: false },
  { from: "packages/tsimm/src/runtime", to: "onnxruntime-node", allowed: true },
  { from: "packages/tsimm/src/runtime", to: "onnxruntime-web/wasm", allowed: true },
  { from: "packages/tsimm/src/train", to: "@tsimm/scheduler", allowed: true },
  { from: "packages/tsimm/src/models", to: "@tsimm/autodiff", allowed: true },
];

let folder = "";
let reported: Set<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-arrows-"));
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  for (const [i, { from, to }] of arrows.entries()) {
    const file = join(folder, from, `arrow-${i}.ts`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `import * as module from "${to}";\n\nexport const names = Object.keys(module);\n`);
  }
  const biome = join(root, "node_modules", ".bin", "biome");
  const words = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."];
  // It ends with code 1, as there is something to report.
  const { stdout } = await run(biome, words, { cwd: folder }).catch((error) => error);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string } }[];
  };
  reported = new Set(
    diagnostics
      .filter(({ category }) => category === "lint/style/noRestrictedImports")
      .map(({ location }) => location.path),
  );
});

afterAll(() => rm(folder, { recursive: true }));

test.each(arrows.map((arrow, i) => ({ ...arrow, file: `${arrow.from}/arrow-${i}.ts` })))(
  "$from may import $to: $allowed",
  ({ file, allowed }) => {
    expect(reported.has(file)).toBe(!allowed);
  },
);
