/**
 * Times the schedulers of timm and of this package in turns, on the same calls. Build first: it runs what is in `dist`.
 *
 *     TIMM=<checkout of timm> PYTHON=/usr/bin/python3 node bench/scheduler/compare.mjs
 */
import { cosineLr, polyLr, StepLRScheduler, sample, stepLr, tanhLr } from "@tsimm/scheduler";
import { Bench } from "tinybench";
import { pythonPeer } from "../python-peer.mjs";

const { TIMM, ROUNDS = "10" } = process.env;
if (!TIMM)
  throw new Error("set TIMM to a checkout of timm, https://github.com/huggingface/pytorch-image-models");

/** Seconds that either side runs a case in a round, at least one chunk. */
const BUDGET = 0.1;
const STEPS = 300;
const POINTS = 1_000_000;
const STEP = { decayT: 30, decayRate: 0.1, warmupT: 5 };

/** 300 steps, the rates read after each. */
function steps(groups, noise = {}) {
  const optimizer = { paramGroups: Array.from({ length: groups }, () => ({ lr: 0.1 })) };
  const scheduler = new StepLRScheduler(optimizer, { ...STEP, ...noise });
  const rates = new Float64Array(groups);
  return () => {
    for (let t = 0; t < STEPS; t++) {
      scheduler.step(t);
      for (let i = 0; i < groups; i++) rates[i] = optimizer.paramGroups[i].lr;
    }
  };
}

const points = (schedule) => () => sample(schedule, POINTS);

const cases = {
  "step: 1 group": { run: steps(1), calls: STEPS },
  "step: 100 groups": { run: steps(100), calls: STEPS },
  "step: noise at every t": { run: steps(1, { noiseRangeT: 0 }), calls: STEPS },
  "step: noise, pct 0.1": { run: steps(1, { noiseRangeT: 0, noisePct: 0.1 }), calls: STEPS },
  "points: step": {
    run: points(stepLr(0.1, { ...STEP, decayT: 30_000, warmupT: 5_000 })),
    calls: POINTS,
  },
  "points: cosine": { run: points(cosineLr(0.1, { tInitial: POINTS })), calls: POINTS },
  "points: tanh": { run: points(tanhLr(0.1, { tInitial: POINTS })), calls: POINTS },
  "points: poly": { run: points(polyLr(0.1, { tInitial: POINTS })), calls: POINTS },
  "points: poly, power 0.9": {
    run: points(polyLr(0.1, { tInitial: POINTS, power: 0.9 })),
    calls: POINTS,
  },
};

const peer = pythonPeer(new URL("timm-peer.py", import.meta.url), TIMM, BUDGET);
await peer.ready();

async function tsimm(name, run) {
  const bench = new Bench({ time: 1000 * BUDGET, iterations: 1, warmup: false, retainSamples: true });
  bench.add(name, run);
  await bench.run();
  return bench.tasks[0].result.latency.samples.map((milliseconds) => milliseconds / 1000);
}

const times = Object.fromEntries(Object.keys(cases).map((name) => [name, { timm: [], tsimm: [] }]));
// The first round warms up.
for (let round = 0; round <= Number(ROUNDS); round++) {
  for (const [name, { run }] of Object.entries(cases)) {
    const measured = { timm: await peer.ask(name), tsimm: await tsimm(name, run) };
    for (const side of ["timm", "tsimm"]) if (round > 0) times[name][side].push(...measured[side]);
  }
}
peer.close();

const minimum = (values) => values.reduce((a, b) => Math.min(a, b));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const nanoseconds = (seconds, calls) => Number(((1e9 * seconds) / calls).toPrecision(3));
console.table(
  Object.fromEntries(
    Object.entries(times).map(([name, { timm, tsimm }]) => {
      const { calls } = cases[name];
      return [
        name,
        {
          "timm ns (min)": nanoseconds(minimum(timm), calls),
          "timm (median)": nanoseconds(median(timm), calls),
          "tsimm ns (min)": nanoseconds(minimum(tsimm), calls),
          "tsimm (median)": nanoseconds(median(tsimm), calls),
          "times faster (min)": Number((minimum(timm) / minimum(tsimm)).toFixed(1)),
          "(median)": Number((median(timm) / median(tsimm)).toFixed(1)),
        },
      ];
    }),
  ),
);
