import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findEngineFiles } from "./engine-files.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-engine-"));
});
afterAll(() => rm(folder, { recursive: true }));

const module = "onnxruntime-web/ort-wasm-simd-threaded.mjs";
const manifest = (text: unknown) => writeFile(join(folder, "engine-files.json"), JSON.stringify(text));

test("finds what is installed, and names what is of another version or missing", async () => {
  const file = createRequire(import.meta.url).resolve(module);
  const sha256 = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  await manifest({
    "assets/a.mjs": { module, sha256 },
    "assets/b.mjs": { module, sha256: sha256.replaceAll("0", "1") },
    "assets/c.mjs": { module: "onnxruntime-web/never.wasm", sha256 },
  });
  const { files, missing } = await findEngineFiles(folder);
  expect([...files]).toEqual([["assets/a.mjs", file]]);
  expect(missing).toEqual([module, "onnxruntime-web/never.wasm"]);
});
