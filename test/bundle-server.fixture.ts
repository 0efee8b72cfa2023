/** A module bundled as a web application bundles it, and served beside an empty page. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";

/** What makes a page cross-origin isolated, so that it has shared memory. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const wasm = import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");

/** A running server. */
export interface BundleServer {
  /** Of the empty page. */
  readonly origin: string;
  /** Path of the module, for `import()` in the page. */
  readonly module: string;
  close(): Promise<void>;
}

/**
 * Bundles a module and serves it, and the WebAssembly of ONNX Runtime once more as `/elsewhere.wasm`.
 *
 * @param entry - Path of the module. What it imports by package name comes from what was built.
 * @param isolated - Whether the page is cross-origin isolated.
 */
export async function serveBundle(entry: string, isolated = false): Promise<BundleServer> {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-bundle-"));
  await build({
    logLevel: "error",
    configFile: false,
    root: folder,
    build: {
      outDir: join(folder, "dist"),
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "module.js" },
      },
    },
  });
  await writeFile(
    join(folder, "dist", "index.html"),
    '<!doctype html><title>bundle</title><link rel="icon" href="data:," />',
  );
  await copyFile(fileURLToPath(wasm), join(folder, "dist", "elsewhere.wasm"));
  const server = await preview({
    logLevel: "error",
    configFile: false,
    appType: "mpa", // what is not there is not found
    root: folder,
    build: { outDir: join(folder, "dist") },
    preview: { host: "127.0.0.1", port: 0, headers: isolated ? isolation : {} },
  });
  const address = server.httpServer.address();
  return {
    origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`,
    module: "/module.js",
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
