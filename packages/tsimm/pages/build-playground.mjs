/** Writes `dist/playground`: the app of `apps/playground`, without the engine that onnxruntime-web brings anyway. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const app = fileURLToPath(new URL("../../../apps/playground", import.meta.url));
const dist = fileURLToPath(new URL("../dist", import.meta.url));

/** Builds the app beside its place, and moves it there whole: a page that is served never lacks a file. */
export async function buildPlayground() {
  const outDir = mkdtempSync(join(dist, "playground-"));
  try {
    await build({ root: app, logLevel: "error", build: { outDir, emptyOutDir: true } });
    writeFileSync(join(outDir, "engine-files.json"), `${JSON.stringify(withoutEngine(outDir), null, 2)}\n`);
    rmSync(join(dist, "playground"), { recursive: true, force: true });
    renameSync(outDir, join(dist, "playground"));
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
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
    (one) => one.endsWith(".wasm") && readFileSync(join(engine, one)).equals(bytes),
  );
  return name === undefined ? null : `onnxruntime-web/${name}`;
}
