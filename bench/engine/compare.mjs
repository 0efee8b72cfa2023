/**
 * Times whole training steps of tsimm and PyTorch in turns, so that both meet the same state of the machine: forward,
 * loss, backward, running statistics, SGD with Nesterov momentum.
 */
import { cpus } from "node:os";
import { pythonPeer } from "../python-peer.mjs";
import { readOptions } from "./options.mjs";
import { wholeStep } from "./whole-step.mjs";

const options = readOptions();
const { model, batchSize, size, threads, rounds, tune } = options;
const { run } = await wholeStep(options);
const peer = pythonPeer(new URL("pytorch-step.py", import.meta.url), model, batchSize, size, threads);

/** Wall time and processor time over all threads of one step of either side in ms, peak memory so far in MB. */
async function pytorchStep() {
  const [wall, processor, memory] = await peer.ask("step");
  return { wall, processor, memory };
}

async function tsimmStep() {
  const start = performance.now();
  const usage = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(usage);
  const memory = process.resourceUsage().maxRSS / 1024;
  return { wall: performance.now() - start, processor: (user + system) / 1000, memory };
}

for (let warmUp = 0; warmUp < 2; warmUp++) {
  await pytorchStep();
  await tsimmStep();
}
const times = { PyTorch: [], tsimm: [] };
for (let round = 0; round < rounds; round++) {
  times.PyTorch.push(await pytorchStep());
  times.tsimm.push(await tsimmStep());
}
peer.close();

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
console.log(
  `${model}, batch ${batchSize}, ${size}x${size}, ${threads} threads, ${rounds} rounds in turns, ` +
    `${tune ? "ways chosen by measuring" : "fixed ways"}, ${cpus()[0]?.model}`,
);
console.table(
  Object.fromEntries(
    Object.entries(times).map(([name, steps]) => {
      const walls = steps.map((step) => step.wall);
      return [
        name,
        {
          "min ms": Math.round(Math.min(...walls)),
          "median ms": Math.round(median(walls)),
          "images/s (min)": Number(((1000 * batchSize) / Math.min(...walls)).toFixed(1)),
          "peak MB": Math.round(Math.max(...steps.map((step) => step.memory))),
          "min processor ms": Math.round(Math.min(...steps.map((step) => step.processor))),
        },
      ];
    }),
  ),
);
const ratio = (of, pick) => (pick(times.PyTorch.map(of)) / pick(times.tsimm.map(of))).toFixed(2);
const wall = (step) => step.wall;
const paired = median(times.tsimm.map((step, round) => times.PyTorch[round].wall / step.wall));
console.log(
  `tsimm / PyTorch: ${ratio(wall, (values) => Math.min(...values))} by minima, ${ratio(wall, median)} by medians, ` +
    `${paired.toFixed(2)} median of rounds, ${ratio(
      (step) => step.processor,
      (values) => Math.min(...values),
    )} by processor time`,
);
