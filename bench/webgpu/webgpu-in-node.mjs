/** Gives Node the WebGPU of browsers, Dawn: `npm install --no-save webgpu@0.6.2`. */
import { create, globals } from "webgpu";

Object.assign(globalThis, globals);
const navigator = { gpu: create([]), userAgent: "node", platform: "Linux", hardwareConcurrency: 2 };
Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
const { info } = (await navigator.gpu.requestAdapter()) ?? {};
console.error(`adapter: ${info?.vendor} ${info?.device} ${info?.description}`);

/** Sizes that the command line gives: images in a batch, pixels of a side, steps that are timed. */
export const [batchSize, size, rounds] = process.argv.slice(2).map(Number);

/** Prints the times of steps as one line; the first step, which compiles, does not count. */
export async function report(name, step) {
  const times = [];
  const losses = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    losses.push(await step());
    if (round > 0) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const [minMs, medianMs] = [times[0], times[times.length >> 1]].map((ms) => Number(ms.toFixed(1)));
  console.log(JSON.stringify({ name, batchSize, size, minMs, medianMs, losses: losses.slice(0, 3) }));
  process.exit(0);
}
