/**
 * Writes `dist/tsimm-plot.js`: schedulers and figures as one ES module, which a page imports without a bundler. Its head
 * holds the licences of everything that is inside.
 *
 *     node pages/bundle-plot.mjs, after tsc
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { noticesOf } from "./notices.mjs";

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Bundles, minifies and writes the file. */
export async function bundlePlot() {
  const built = await build({
    logLevel: "error",
    configFile: false,
    root: inPackage("."),
    build: {
      write: false,
      lib: { entry: inPackage("dist/plot-bundle.js"), formats: ["es"] },
      minify: true,
      rolldownOptions: { output: { minify: true, comments: false, codeSplitting: false } },
    },
  });
  const [{ output }] = [built].flat();
  const [chunk, ...others] = output;
  if (others.length > 0 || chunk.imports.length > 0) throw new Error("tsimm-plot.js must be one file");
  const { version } = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));
  const modules = Object.entries(chunk.modules).flatMap(([id, { renderedLength }]) =>
    renderedLength > 0 ? [id] : [],
  );
  const head = `tsimm ${version}: schedulers and figures, tsimm/plot. Apache-2.0, https://github.com/tsimm/tsimm`;
  // Moved there whole: others may read it meanwhile.
  const file = inPackage("dist/tsimm-plot.js");
  writeFileSync(`${file}.new`, `/*! ${head}\n\n${noticesOf(modules)}\n*/\n${chunk.code}`);
  renameSync(`${file}.new`, file);
}
