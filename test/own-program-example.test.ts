import { readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const example = fileURLToPath(new URL("../examples/dist/own-program.js", import.meta.url));
const output = join(tmpdir(), `tsimm-own-program-${process.pid}`);
afterAll(() => rm(output, { recursive: true, force: true }));

test("a schedule, an optimizer and a model of one's own train by name, in fit and in train", async () => {
  const { stdout, stderr } = await run(process.execPath, [example, output]);
  expect(stderr).toBe("");

  const epochs = [...stdout.matchAll(/^epoch \d+: loss (.*), rate (.*)$/gm)];
  const losses = epochs.map(([, loss]) => Number(loss));
  expect(losses).toHaveLength(8);
  expect(losses.at(-1)).toBeLessThan(0.2 * (losses[0] ?? 0));
  const rates = epochs.map(([, , rate]) => Number(rate));
  expect([rates[0], rates[4]]).toEqual([0.002, 0.001]);
  expect(stdout).toMatch(/^plain4\.onnx has \d+ bytes and says columns$/m);

  const { folder = "" } = /the run is in (?<folder>.*)$/m.exec(stdout)?.groups ?? {};
  expect(stdout).toMatch(/^top-1 100 % in epoch \d;/m);
  const args = await readFile(join(folder, "args.yaml"), "utf8");
  for (const line of ["model: plain4", "opt: signum", "sched: halving", "half_life: 4"]) {
    expect(args).toContain(`${line}\n`);
  }
  const summary = (await readFile(join(folder, "summary.csv"), "utf8")).trim().split(/\r?\n/);
  const column = summary[0]?.split(",").indexOf("lr") ?? -1;
  const planned = summary.slice(1).map((row) => Number(row.split(",")[column]));
  expect(planned.map((rate) => Number(rate.toPrecision(3)))).toEqual(rates);
  expect((await stat(join(folder, "model.onnx"))).size).toBeGreaterThan(10_000);
});
