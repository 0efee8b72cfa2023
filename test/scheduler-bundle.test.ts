/** What the scheduler package adds to a web page. Reads `dist`: build first. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

const dist = fileURLToPath(new URL("../packages/scheduler/dist/index.js", import.meta.url));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-bundle-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Bytes of a module that imports the package, bundled, minified and compressed. */
async function bundledSize(statement: string): Promise<number> {
  const entry = join(folder, "entry.js");
  await writeFile(entry, `${statement} from ${JSON.stringify(dist)};`);
  const built = await build({
    logLevel: "silent",
    configFile: false,
    build: { write: false, lib: { entry, formats: ["es"] }, minify: true },
  });
  const [output] = [built].flat();
  if (output === undefined || !("output" in output)) throw new Error("no bundle");
  const [{ code, imports }] = output.output;
  expect(imports).toEqual([]);
  return gzipSync(code).length;
}

// Measured: 17,558, 8,251 and 3,163 bytes. In all of it the correctly rounded arithmetic takes 2,400, torch's generator
// 1,000, the factory 1,900, going on by another plan and with other groups 900, schedules of one's own 1,000 (what a
// definition is checked for, the registry, their flags and class, the traits and flags of those built in); the rest is mostly checks
// with messages that say what to do. A class or a function alone holds neither name nor traits. One more schedule takes
// some 300: the ceilings leave room for none unnoticed.
test.each([
  ["export *", 17_700],
  ["export { StepLRScheduler }", 8_300],
  ["export { stepLr }", 3_200],
])("%s is at most %d bytes minified and compressed", async (statement, ceiling) => {
  expect(await bundledSize(statement)).toBeLessThanOrEqual(ceiling);
});
