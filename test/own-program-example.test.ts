import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const example = fileURLToPath(new URL("../examples/dist/own-model.js", import.meta.url));

test("the example's own model learns with its own optimizer, and its ONNX file runs", async () => {
  const { stdout, stderr } = await run(process.execPath, [example]);
  expect(stderr).toBe("");
  const losses = [...stdout.matchAll(/^update \d+: loss (.*)$/gm)].map(([, loss]) => Number(loss));
  expect(losses).toHaveLength(4);
  expect(losses.toSorted((a, b) => b - a)).toEqual(losses);
  expect(losses.at(-1)).toBeLessThan(0.1);
  expect(stdout).toMatch(/^plain4\.onnx has \d+ bytes and says 0 1 0 1 0 1 0 1$/m);
});
