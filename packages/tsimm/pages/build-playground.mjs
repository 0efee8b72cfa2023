/** Writes `dist/playground`: the app of `apps/playground`, without the engine that onnxruntime-web brings anyway. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { noticesOf } from "./notices.mjs";

const app = fileURLToPath(new URL("../../../apps/playground", import.meta.url));
const dist = fileURLToPath(new URL("../dist", import.meta.url));

/** Builds the app beside its place, and moves it there whole: a page that is served never lacks a file. */
export async function buildPlayground() {
  const outDir = mkdtempSync(join(dist, "playground-"));
  try {
    const modules = new Set();
    const collector = collectModules(modules);
    await build({
      ...{ root: app, logLevel: "error", build: { outDir, emptyOutDir: true } },
      ...{ plugins: [collector], worker: { plugins: () => [collector] } },
    });
    writeFileSync(join(outDir, "licenses.txt"), `${noticesOf(modules)}\n`);
    writeFileSync(join(outDir, "engine-files.json"), `${JSON.stringify(withoutEngine(outDir), null, 2)}\n`);
    const [place, old] = [join(dist, "playground"), `${outDir}-old`];
    if (existsSync(place)) renameSync(place, old);
    renameSync(outDir, place);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** Adds the modules of every bundle, those of workers too. */
function collectModules(modules) {
  return {
    name: "collect-modules",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const [id, { renderedLength }] of Object.entries(chunk.modules)) {
          if (renderedLength > 0) modules.add(id);
        }
      }
    },
  };
}

/** Removes the engine's files; the installed file that equals each of them, and its digest, by its path. */
function withoutEngine(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(({ name }) =>
    name.endsWith(".wasm"),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      const bytes = readFileSync(file);
      const module = installedModule(bytes);
      if (module === null) throw new Error(`${name} is no file of onnxruntime-web`);
      rmSync(file);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return [relative(folder, file).split(sep).join("/"), { module, sha256 }];
    }),
  );
}

/** The module of onnxruntime-web that holds these bytes. */
function installedModule(bytes) {
  const engine = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")));
  const name = readdirSync(engine).find(
    (one) =>
      statSync(join(engine, one)).size === bytes.length && readFileSync(join(engine, one)).equals(bytes),
  );
  return name === undefined ? null : `onnxruntime-web/${name}`;
}
