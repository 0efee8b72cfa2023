/**
 * What is downloaded and read: compressed bytes of what a page bundles, lines and files of each room.
 *
 *     node bench/size/sizes.mjs [another checkout, built]
 */
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const here = fileURLToPath(new URL("../..", import.meta.url));
const trees = [here, ...process.argv.slice(2).map((path) => resolve(path))];

const bundles = [
  ["scheduler: all", "scheduler/dist/index.js", "export *"],
  ["scheduler: one class", "scheduler/dist/index.js", "export { StepLRScheduler }"],
  ["scheduler: one function", "scheduler/dist/index.js", "export { stepLr }"],
  ["autodiff: all", "autodiff/dist/index.js", "export *"],
  ["tsimm/browser: all", "tsimm/dist/browser.js", "export *"],
  [
    "createModel, createOptimizer, createTrainingStep",
    "tsimm/dist/browser.js",
    "export { createModel, createOptimizer, createTrainingStep, wasmEngine }",
  ],
  [
    "fit with a model, a task and an optimizer",
    "tsimm/dist/browser.js",
    "export { fit, createModel, createOptimizer, classification, generatorLoader, wasmEngine }",
  ],
];

const folder = await mkdtemp(join(tmpdir(), "tsimm-sizes-"));
try {
  console.log("compressed bytes");
  for (const [name, file, statement] of bundles) {
    const sizes = [];
    for (const tree of trees) sizes.push(await bundled(join(tree, "packages", file), statement));
    console.log(`${name.padEnd(50)} ${sizes.map((size) => String(size).padStart(8)).join(" ")}`);
  }
  console.log("\nlines and files of each room, without tests, fixtures and what is generated");
  for (const source of ["scheduler", "autodiff", "tsimm"]) {
    const rooms = trees.map((tree) => roomsOf(join(tree, "packages", source, "src")));
    const names = [...new Set(rooms.flatMap((each) => [...each.keys()]))].sort();
    for (const name of names) {
      const cells = rooms.map((each) => {
        const { lines, files } = each.get(name) ?? { lines: 0, files: 0 };
        return `${String(lines).padStart(6)} in ${String(files).padStart(3)}`;
      });
      console.log(`${`${source}/${name}`.padEnd(30)} ${cells.join("   ")}`);
    }
  }
} finally {
  await rm(folder, { recursive: true });
}

async function bundled(file, statement) {
  const entry = join(folder, "entry.js");
  await writeFile(entry, `${statement} from ${JSON.stringify(file)};`);
  const external = [/^onnxruntime-/, /^node:/];
  try {
    const built = await build({
      logLevel: "silent",
      configFile: false,
      build: {
        write: false,
        lib: { entry, formats: ["es"] },
        minify: true,
        rollupOptions: { external },
      },
    });
    const chunks = [built].flat().flatMap(({ output }) => output);
    return chunks.reduce((sum, { code = "" }) => sum + gzipSync(code).length, 0);
  } catch {
    // It is not there.
    return "–";
  }
}

function roomsOf(source) {
  const rooms = new Map();
  for (const entry of readdirSync(source, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/^(?!.*\.(test|fixture)\.ts$).*\.ts$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    if (path.includes("/generated/")) continue;
    const [first, ...rest] = path.slice(source.length + 1).split("/");
    const room = rest.length === 0 ? "(root)" : `${first}/`;
    const { lines, files } = rooms.get(room) ?? { lines: 0, files: 0 };
    const text = readFileSync(path, "utf8");
    rooms.set(room, { lines: lines + text.split("\n").length - 1, files: files + 1 });
  }
  return rooms;
}
