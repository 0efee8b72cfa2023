import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const example = fileURLToPath(new URL("../examples/dist/step-lr.js", import.meta.url));

test("the tutorial's example prints the tutorial's numbers and writes its figures", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "tsimm-example-"));
  const { stdout, stderr } = await run(process.execPath, [example], { cwd });
  expect(stderr).toBe("");
  expect(stdout).toContain("decayRate 1: 0.0001, 0.0001, 0.0001, 0.0001, 0.0001, 0.0001,");
  expect(stdout).toContain("decayRate 0.5: 0.0001, 0.0001, 0.0001, 0.0001, 0.0001, 0.00005,");
  expect(stdout).toContain("warmupT 2: 0.00001, 0.000055, 0.0001, 0.0001, 0.0001, 0.00008,");
  expect(stdout).toContain("tInEpochs false, getEpochValues: null, null, null, null, null,");
  expect(await readdir(join(cwd, "output", "examples", "step-lr"))).toEqual(
    ["decay-rate-0.5", "decay-rate-1", "decay-rates", "noise", "warm-up"].flatMap((name) => [
      `${name}.png`,
      `${name}.svg`,
    ]),
  );
});
