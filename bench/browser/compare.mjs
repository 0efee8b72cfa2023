/**
 * Times a training step in Chromium (WebAssembly, 1 and 2 threads) and in Node (native and WebAssembly), in turns.
 *
 *     npm run build && node bench/browser/compare.mjs --model test_resnet --batch-size 16 --size 32 --rounds 20
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createEngine } from "tsimm";
import { runnerImport } from "vite";
import { timedStep, timedWasmStep } from "./timed-step.mjs";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "test_resnet" },
    "batch-size": { type: "string", default: "16" },
    size: { type: "string", default: "32" },
    rounds: { type: "string", default: "20" },
  },
});
const { model } = values;
const [batchSize, size, rounds] = [values["batch-size"], values.size, values.rounds].map(Number);

/** A module of the tests. */
async function fixture(name) {
  const path = fileURLToPath(new URL(`../../test/${name}.fixture.ts`, import.meta.url));
  return (await runnerImport(path, { logLevel: "error", configFile: false })).module;
}

const { launchChromium, processPerPage } = await fixture("chromium");
const { serveBundle } = await fixture("bundle-server");
const browser = await launchChromium(processPerPage);
// Isolated, so that it may have threads.
const server = await serveBundle(fileURLToPath(new URL("timed-step.mjs", import.meta.url)), true);

async function pageStep(threads) {
  const page = await browser.newPage();
  await page.goto(server.origin);
  const module = await page.evaluateHandle(`import("${server.module}")`);
  const work = { model, batchSize, size, threads };
  const step = await module.evaluateHandle(async ({ timedWasmStep }, given) => {
    const run = await timedWasmStep(given);
    return { run };
  }, work);
  return () => step.evaluate(({ run }) => run());
}

const native = await createEngine("native");
const sides = {
  "Node, native, 2 threads": await timedStep(native, { model, batchSize, size, threads: 2 }),
  "Node, native, 1 thread": await timedStep(native, { model, batchSize, size, threads: 1 }),
  "Node, WebAssembly, 1 thread": await timedWasmStep({ model, batchSize, size, threads: 1 }),
  "Chromium, WebAssembly, 1 thread": await pageStep(1),
  "Chromium, WebAssembly, 2 threads": await pageStep(2),
};
const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
const warmUps = 3; // V8 compiles WebAssembly twice, the second time while it runs
for (let round = -warmUps; round < rounds; round++) {
  for (const [name, step] of Object.entries(sides)) {
    const time = await step();
    if (round >= 0) times[name].push(time);
  }
}
await browser.close();
await server.close();

console.log(`${model}, batch ${batchSize}, ${size}x${size}, SGD with momentum, ${rounds} rounds in turns`);
console.table(
  Object.fromEntries(
    Object.entries(times).map(([name, all]) => {
      const sorted = all.toSorted((a, b) => a - b);
      const [least = 0, median = 0] = [sorted[0], sorted[sorted.length >> 1]];
      const row = { "min ms": least, "median ms": median, "images/s (min)": (1000 * batchSize) / least };
      return [
        name,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toPrecision(3))])),
      ];
    }),
  ),
);
process.exit(0);
