/** What a step leaves on the heap. Reads `dist`: build first. */
import { expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const dist = new URL("../packages/scheduler/dist/index.js", import.meta.url);

/** Bytes per step between two collections, at the least, once the engine has optimized the loop. */
async function bytesPerStep(groups: number, noise: object): Promise<number> {
  const program = `
    import { StepLRScheduler } from ${JSON.stringify(dist)};
    const paramGroups = Array.from({ length: ${groups} }, () => ({ lr: 0.1 }));
    const options = { decayT: 30, decayRate: 0.9, warmupT: 5, ...${JSON.stringify(noise)} };
    const scheduler = new StepLRScheduler({ paramGroups }, options);
    const steps = (count) => { for (let t = 0; t < count; t++) scheduler.step(t); };
    for (let i = 0; i < 5; i++) steps(20_000);
    const used = Array.from({ length: 5 }, () => {
      gc();
      const before = process.memoryUsage().heapUsed;
      steps(2000);
      return (process.memoryUsage().heapUsed - before) / 2000;
    });
    console.log(Math.min(...used));
  `;
  const words = ["--expose-gc", "--single-threaded", "--input-type=module", "-e", program];
  return Number((await run(process.execPath, words)).stdout);
}

// V8 boxes a double that a function returns, in 16 bytes: the value, its factor, the draw. A list or an object for each
// step, or a box for each group, would take hundreds more.
test("a step allocates nothing but a few numbers, however many groups there are", async () => {
  const one = await bytesPerStep(1, {});
  expect(one).toBeLessThan(160);
  expect(await bytesPerStep(100, {})).toBeLessThan(one + 160);
});

test("a step with noise allocates no generator", async () => {
  // The state of a generator alone has 2496 bytes.
  expect(await bytesPerStep(1, { noiseRangeT: 0 })).toBeLessThan(600);
});
