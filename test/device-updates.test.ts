/**
 * Training on ONNX Runtime's WebGPU provider, on a software adapter: state stays on the device for whole runs, and is that
 * of the host.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { softwareGpuEnvironment } from "./software-gpu.fixture.ts";

const program = fileURLToPath(new URL("device-updates.mjs", import.meta.url));

interface Result {
  readonly loss: number;
  readonly gradNorm: number;
}

interface Pair {
  /** Last update on the host. */
  readonly theirs: Result;
  /** Last update on the device. */
  readonly ours: Result;
  readonly distances: { readonly all: number; readonly weights: number };
  /** Of the moving average, on the host and on the device. */
  readonly logits: readonly [readonly number[], readonly number[]];
}

async function run<Name extends string>(...scenarios: readonly Name[]): Promise<Record<Name, unknown>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--expose-gc", program, "webgpu", ...scenarios],
    {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { ...process.env, ...(await softwareGpuEnvironment()) },
    },
  );
  return JSON.parse(stdout);
}

const pairs = ["sgd", "adamw", "lion", "lamb", "batches"] as const;

describe("training on a device", () => {
  let results: Record<(typeof pairs)[number], Pair>;
  beforeAll(async () => {
    results = (await run(...pairs)) as typeof results;
  }, 300_000);

  // Sums of float32 numbers in another order, over 30 updates with clipping and average.
  test.each(pairs)("%s: state, losses and logits are those of the host", (name) => {
    const { theirs, ours, distances, logits } = results[name];
    expect(distances.all).toBeLessThan(1e-5);
    expect(distances.weights).toBeLessThan(1e-5);
    expect(distances.weights).toBeGreaterThan(0);
    expect(ours.loss / theirs.loss).toBeCloseTo(1, 5);
    expect(ours.gradNorm / theirs.gradNorm).toBeCloseTo(1, 4);
    const [expected, got] = logits;
    expect(Math.hypot(...got.map((x, i) => x - (expected[i] ?? 0))) / Math.hypot(...expected)).toBeLessThan(
      1e-4,
    );
  });
});

test("memory is flat: 200 updates take less than 2 % more than 20", async () => {
  const { memory } = await run("memory");
  // Of three each: the collector and the allocator move single ones by some megabytes.
  const bytes = memory as number[];
  const [early, late] = [Math.max(...bytes.slice(0, 3)), Math.min(...bytes.slice(3))];
  expect(early).toBeGreaterThan(0);
  expect(late / early).toBeLessThan(1.02);
}, 300_000);
