/** The cost of an update on a GPU, as bench/webgpu counts it from the graph. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const command = fileURLToPath(new URL("../bench/webgpu/count.mjs", import.meta.url));

test("an update of resnet18 with 64 images moves at most 25 GB in at most 900 kernels, where few bytes are asked for", async () => {
  const options = ["--model", "resnet18", "--batch-size", "64", "--size", "224", "--few-bytes", "--top", "0"];
  const { stdout } = await run(process.execPath, [command, ...options]);
  const [, kernels, gigabytes, gigaflops] = /(\d+) kernels +([\d.]+) GB +([\d.]+) GFLOP/.exec(stdout) ?? [];
  expect(Number(kernels)).toBeLessThanOrEqual(900);
  expect(Number(gigabytes)).toBeLessThanOrEqual(25);
  // Three convolutions' worth of 3.6 GFLOP an image, but for the stem's gradient by the images.
  expect(Number(gigaflops)).toBeCloseTo(700, -1);
});
