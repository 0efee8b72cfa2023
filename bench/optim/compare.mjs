/**
 * Times one step of every optimizer over the tensors of ResNet-18, in turns with PyTorch and timm. Build first: it runs
 * what is in `dist`.
 *
 *     TIMM=<checkout of timm> PYTHON=/usr/bin/python3 node bench/optim/compare.mjs [row …]
 *
 * Without TIMM, what PyTorch has not is timed alone.
 */
import { clipGradients, createModel, createOptimizerV2, ModelEma } from "tsimm";
import { pythonPeer } from "../python-peer.mjs";

const { TIMM, ROUNDS = "10" } = process.env;

function optimizer(opt, options = {}) {
  const made = createOptimizerV2(modelWithGradients().parameters, {
    opt,
    lr: 1e-3,
    weightDecay: 0.01,
    ...options,
  });
  return () => made.step();
}

function modelWithGradients() {
  const model = createModel("resnet18");
  for (const parameter of model.parameters) {
    parameter.grad = parameter.data.map((_, i) => 0.01 * Math.sin(i + 1));
  }
  return model;
}

const cases = new Map(
  [
    "sgd",
    "momentum",
    "sgdw",
    "adam",
    "adamw",
    "adamax",
    "nadam",
    "nadamw",
    "radam",
    "rmsprop",
    "rmsproptf",
    "adagrad",
    "adadelta",
    "lamb",
    "lambc",
    "lars",
    "nlars",
    "larc",
    "lion",
    "adafactor",
    "lookahead_adamw",
    "adamp",
    "sgdp",
    "adan",
    "adopt",
    "adabelief",
    "madgrad",
    "laprop",
    "mars",
    "novograd",
    "cadamw",
    "muon",
  ].map((opt) => [opt, () => optimizer(opt)]),
);
cases.set("sgd without momentum", () => optimizer("sgd", { momentum: 0 }));
cases.set("clip by norm", () => {
  const { parameters } = modelWithGradients();
  return () => clipGradients(parameters, { clipGrad: 1 });
});
cases.set("moving average", () => {
  const average = new ModelEma(createModel("resnet18"), { warmup: false });
  return () => average.update(2);
});

const shapes = createModel("resnet18").parameters.map(({ shape }) => shape);
const count = shapes.reduce((sum, shape) => sum + shape.reduce((size, length) => size * length, 1), 0);
const script = new URL("torch-peer.py", import.meta.url);
const peer = pythonPeer(script, JSON.stringify(shapes), ...(TIMM ? [TIMM] : []));

async function torch(threads, name) {
  const [seconds = Number.NaN] = await peer.ask(`${threads} ${name}`);
  return seconds;
}

function tsimm(run) {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

const nanoseconds = (seconds) => Number(((1e9 * seconds) / count).toPrecision(3));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const ratio = (ours, theirs) => Number((ours / theirs).toFixed(2));
const names = process.argv.length > 2 ? process.argv.slice(2) : [...cases.keys()];
const rows = {};
for (const name of names) {
  const run = cases.get(name)();
  const times = { tsimm: [], one: [], two: [] };
  // The first two rounds warm up.
  for (let round = -2; round < Number(ROUNDS); round++) {
    const seconds = { tsimm: tsimm(run), one: await torch(1, name), two: await torch(2, name) };
    if (round >= 0) for (const side of Object.keys(times)) times[side].push(seconds[side]);
  }
  const [ours, one, two] = Object.values(times).map((values) => Math.min(...values));
  rows[name] = {
    "tsimm min": nanoseconds(ours),
    "tsimm median": nanoseconds(median(times.tsimm)),
    "torch 1 thread": nanoseconds(one),
    "torch 2 threads": nanoseconds(two),
    "tsimm / 1 thread": ratio(ours, one),
    "tsimm / 2 threads": ratio(ours, two),
  };
}
peer.close();
console.log(`ns per parameter, ${count} parameters, minima of ${ROUNDS} rounds`);
console.table(rows);
