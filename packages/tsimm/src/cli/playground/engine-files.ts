/** The engine of the page that trains: WebAssembly of the installed onnxruntime-web, which is not packed twice. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";

/** File of a built playground that names what was left out of it. */
const MANIFEST = "engine-files.json";

const manifestSchema = z.record(z.string(), z.object({ module: z.string(), sha256: z.string() }));

/** Where the engine's files lie. */
export interface EngineFiles {
  /** Files by their path in the playground. */
  readonly files: ReadonlyMap<string, string>;
  /** Modules of another version than the page was built with, or not installed. */
  readonly missing: readonly string[];
}

/** Finds the files that were left out of a built playground. */
export async function findEngineFiles(folder: string): Promise<EngineFiles> {
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, MANIFEST), "utf8")));
  const files = new Map<string, string>();
  const missing: string[] = [];
  for (const [path, { module, sha256 }] of Object.entries(manifest)) {
    const file = await installedFile(module, sha256);
    if (file === null) missing.push(module);
    else files.set(path, file);
  }
  return { files, missing };
}

/** The file of an installed module; null if there is none, or it is of another version. */
async function installedFile(module: string, sha256: string): Promise<string | null> {
  try {
    const file = createRequire(import.meta.url).resolve(module);
    const digest = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    return digest === sha256 ? file : null;
  } catch {
    return null;
  }
}
