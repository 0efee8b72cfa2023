/**
 * Fine-tuning beside PyTorch, in turns: steps with parts of a ResNet frozen, seconds to an accuracy from the same weights,
 * a head-only epoch beside an evaluation pass, waiting for data, peak memory.
 *
 *     npm run build && PYTHON=/usr/bin/python3 node bench/fine-tuning/compare.mjs
 *
 * Options: --model resnet18 --size 96 --batch-size 16 --threads 2 --rounds 8 --start-epochs 4 --images 512
 * --epochs 12 --parts steps,accuracy,epoch,data,memory
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  arrayLoader,
  createEngine,
  createLoader,
  createModel,
  createOptimizerV2,
  createUpdater,
  openDataset,
  splitHead,
  train,
} from "tsimm";
import { createEvaluation } from "../../packages/tsimm/dist/runtime/evaluation-step.js";
import { makePhotos } from "../data/photos.mjs";
import { pythonPeer } from "../python-peer.mjs";
import { classes, makeTask } from "./start.mjs";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "resnet18" },
    size: { type: "string", default: "96" },
    "batch-size": { type: "string", default: "16" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "8" },
    parts: { type: "string", default: "steps,accuracy,epoch,data,memory" },
    /** Epochs of the training that the accuracies start from. */
    "start-epochs": { type: "string", default: "4" },
    /** Images that are tuned on, and the most epochs. */
    images: { type: "string", default: "512" },
    epochs: { type: "string", default: "12" },
    /** For the memory of one kind: prints it and ends. */
    alone: { type: "string" },
  },
});
const name = values.model;
const [size, batchSize, threads, rounds] = ["size", "batch-size", "threads", "rounds"].map((key) =>
  Number(values[key]),
);
const engine = await createEngine("native");

/** Patterns of `--freeze`; those of the peer have the same names. */
const kinds = {
  full: null,
  batchnorm: ["batchnorm"],
  stages: ["conv1", "bn1", "layer[12]"],
  backbone: ["backbone"],
};
const layout = { batchSize, height: size, width: size, input: "float32", threads };
const images = Float32Array.from({ length: batchSize * 3 * size * size }, (_, i) => Math.sin(0.1 * i));
const oneHot = (labels) => {
  const targets = new Float32Array(labels.length * classes);
  for (const [i, label] of labels.entries()) targets[i * classes + label] = 1;
  return targets;
};
const targets = oneHot(Array.from({ length: batchSize }, (_, i) => i % classes));

async function timed(run) {
  const start = performance.now();
  const usage = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(usage);
  return { wall: performance.now() - start, processor: (user + system) / 1000 };
}

/** An update of a model of which a part is frozen. */
async function stepOf(kind) {
  const model = createModel(name, { numClasses: classes });
  const frozen = kinds[kind];
  const options = { opt: "sgd", lr: 0.001, momentum: 0.9 };
  const optimizer = createOptimizerV2(model, frozen ? { ...options, frozen } : options);
  const updater = await createUpdater(engine, { model, optimizer, frozen, ...layout });
  let update = 0;
  return () => updater.update([{ images, targets }], { update: update++ });
}

if (values.alone !== undefined) {
  const run = await stepOf(values.alone);
  for (let i = 0; i < 4; i++) await run();
  console.log(Math.round(await peakMemory()));
  process.exit(0);
}

/** Peak resident memory of this process in MB; Linux begins `maxRSS` with that of the parent. */
async function peakMemory() {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(status) ?? [];
  return Number(kilobytes ?? process.resourceUsage().maxRSS) / 1024;
}

const parts = new Set(values.parts.split(","));
console.log(`${name}, ${size}x${size}, batch ${batchSize}, ${threads} threads, ${cpus()[0]?.model}`);
const least = (all, of = "wall") => Math.min(...all.map((one) => one[of]));
const two = (number) => Number(number.toPrecision(3));

const needsPeer = parts.has("steps") || parts.has("accuracy") || parts.has("memory");
const epochs = Number(values.epochs);
const startEpochs = parts.has("accuracy") ? Number(values["start-epochs"]) : 0;
const small = {
  model: name,
  size: 48,
  batchSize: 32,
  startEpochs,
  epochs,
  threads,
  count: Number(values.images),
};
const task = needsPeer ? await makeTask(engine, small) : null;
const peerOf = (side, batch) =>
  pythonPeer(new URL("pytorch-peer.py", import.meta.url), task.folder, name, classes, side, batch, threads);

if (parts.has("steps")) {
  const peer = peerOf(size, batchSize);
  const sides = {};
  const evaluation = await createEvaluation(engine, createModel(name, { numClasses: classes }), layout);
  sides["an evaluation"] = {
    tsimm: () => timed(() => evaluation.run(images, batchSize)),
    PyTorch: async () => {
      const [wall, processor] = await peer.ask("evaluate");
      return { wall, processor };
    },
  };
  for (const kind of Object.keys(kinds)) {
    const run = await stepOf(kind);
    sides[kind === "full" ? "a training step" : `${kind} frozen`] = {
      tsimm: () => timed(run),
      PyTorch: async () => {
        const [wall, processor] = await peer.ask(`step ${kind}`);
        return { wall, processor };
      },
    };
  }
  const times = Object.fromEntries(Object.keys(sides).map((what) => [what, { tsimm: [], PyTorch: [] }]));
  for (let round = -2; round < rounds; round++) {
    for (const [what, both] of Object.entries(sides)) {
      for (const [side, run] of Object.entries(both)) {
        const time = await run();
        if (round >= 0) times[what][side].push(time);
      }
    }
  }
  peer.close();
  const whole = times["a training step"];
  console.table(
    Object.fromEntries(
      Object.entries(times).map(([what, { tsimm, PyTorch }]) => [
        what,
        {
          "tsimm ms": two(least(tsimm)),
          "PyTorch ms": two(least(PyTorch)),
          "tsimm / its training step": two(least(tsimm) / least(whole.tsimm)),
          "by processor time": two(least(tsimm, "processor") / least(whole.tsimm, "processor")),
          "PyTorch / its training step": two(least(PyTorch) / least(whole.PyTorch)),
        },
      ]),
    ),
  );
}

/** Trains from the weights of the task to an accuracy; seconds of training alone. */
async function runTo({ kind, lr, target, headOnly = false }) {
  const { weights, train: own, validation, order } = task;
  const model = createModel(name, { numClasses: classes });
  for (const { name: key, data } of model.state) if (weights.has(key)) data.set(weights.get(key));
  const frozen = kinds[kind];
  const optimizer = createOptimizerV2(model, { opt: "sgd", lr, momentum: 0.9, nesterov: true, frozen });
  const pixels = own.images.length / own.labels.length;
  let seconds = 0;
  const clocked = async (run) => {
    const start = performance.now();
    const result = await run();
    seconds += (performance.now() - start) / 1000;
    return result;
  };
  const side = { ...layout, batchSize: small.batchSize, height: small.size, width: small.size };
  const { head, backbone, features } = splitHead(model, { height: small.size, width: small.size });
  let seen = own.images;
  let shown = validation.images;
  if (headOnly) {
    const evaluation = await clocked(() => createEvaluation(engine, backbone, side));
    seen = await clocked(() => featuresOf(evaluation, own, pixels, features));
    shown = await featuresOf(evaluation, validation, pixels, features);
    await evaluation.close();
  }
  const width = headOnly ? features : pixels;
  const of = headOnly ? { model: head, ...side, height: 1, width: 1 } : { model, ...side };
  const updater = await clocked(() => createUpdater(engine, { ...of, optimizer, frozen }));
  const loader = arrayLoader({
    ...{ images: shown, labels: validation.labels, batchSize: side.batchSize },
    inputSize: headOnly ? [features, 1, 1] : [3, small.size, small.size],
  });
  let [epoch, top1, update] = [0, 0, 0];
  while (epoch < epochs && top1 < target) {
    await clocked(async () => {
      const indices = order[epoch];
      for (let i = 0; i + side.batchSize <= indices.length; i += side.batchSize) {
        const chosen = indices.subarray(i, i + side.batchSize);
        const batch = new Float32Array(side.batchSize * width);
        for (const [j, index] of chosen.entries()) {
          batch.set(seen.subarray(index * width, (index + 1) * width), j * width);
        }
        const labels = Array.from(chosen, (index) => own.labels[index]);
        await updater.update([{ images: batch, targets: oneHot(labels) }], { update: update++ });
      }
    });
    top1 = await accuracy(updater, loader);
    epoch++;
  }
  await updater.close();
  return [seconds, epoch, top1];
}

async function featuresOf(evaluation, { images: all, labels }, pixels, features) {
  const out = new Float32Array(labels.length * features);
  for (let i = 0; i < labels.length; i += small.batchSize) {
    const count = Math.min(small.batchSize, labels.length - i);
    out.set(await evaluation.run(all.subarray(i * pixels, (i + count) * pixels), count), i * features);
  }
  return out;
}

async function accuracy(updater, loader) {
  const evaluation = await updater.createEvaluation("plain", loader.batchSize);
  let [right, count] = [0, 0];
  for await (const { images: pixels, labels, size: rows } of loader.batches(0)) {
    const logits = await evaluation.run(pixels, rows);
    for (let i = 0; i < rows; i++) {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      if (row.indexOf(Math.max(...row)) === labels[i]) right++;
      count++;
    }
  }
  await evaluation.close();
  return (100 * right) / count;
}

if (parts.has("accuracy")) {
  const peer = peerOf(small.size, small.batchSize);
  const rows = {};
  for (const [kind, lr, target] of [
    ["backbone", 0.02, 86],
    ["stages", 0.005, 88],
  ]) {
    const best = {};
    for (let round = 0; round < 2; round++) {
      const runs = {
        tsimm: () => runTo({ kind, lr, target }),
        ...(kind === "backbone"
          ? { "tsimm --head-only": () => runTo({ kind, lr, target, headOnly: true }) }
          : {}),
        PyTorch: () => peer.ask(`run ${kind} ${lr} ${epochs} ${target}`),
      };
      for (const [side, run] of Object.entries(runs)) {
        const result = await run();
        if (!(best[side]?.[0] <= result[0])) best[side] = result;
      }
    }
    for (const [side, [seconds, epoch, top1]] of Object.entries(best)) {
      rows[`${kind} frozen, to ${target} %: ${side}`] = {
        "seconds of training": two(seconds),
        epochs: epoch,
        "top-1 %": two(top1),
      };
    }
  }
  peer.close();
  console.log(`The other five classes of Fashion-MNIST, ${small.count} images, ${small.size}x${small.size}`);
  console.table(rows);
}

if (parts.has("epoch") || parts.has("data")) {
  const photos = 128;
  const folder = await makePhotos(photos);
  const out = await mkdtemp(join(tmpdir(), "tsimm-fine-tuning-"));
  const shared = {
    ...{ dataDir: folder, valSplit: "", model: name, imgSize: 160, batchSize, workers: 2, threads },
    ...{ warmupEpochs: 0, lr: 0.01, output: out, logInterval: 1 },
  };
  /** Seconds of each epoch's updates, and of its waiting for data. */
  const epochsOf = async (own) => {
    const [seconds, waited] = [[], []];
    const on = (event) => {
      if (event.type !== "updateDone") return;
      seconds[event.epoch] = (seconds[event.epoch] ?? 0) + event.seconds;
      // The first batch of an epoch waits for the first images.
      if (event.index > 0) waited[event.epoch] = (waited[event.epoch] ?? 0) + event.waited;
    };
    await train({ ...shared, ...own }, { listeners: [{ name: "times", on }] });
    return { seconds, waited };
  };
  if (parts.has("epoch")) {
    const dataset = await openDataset({ dataDir: folder, split: "train" });
    const model = createModel(name, { numClasses: 2 });
    const { mean, std, interpolation, cropPct } = model.pretrainedCfg;
    const side = { batchSize: 32, height: 160, width: 160, input: "uint8", mean, std, threads };
    const evaluation = await createEvaluation(engine, model, side);
    const pass = async () => {
      const transform = { training: false, inputSize: [3, 160, 160], interpolation, cropPct };
      const loader = createLoader(dataset, { batchSize: 32, transform, workers: 2 });
      const start = performance.now();
      for await (const { images: pixels, size: count } of loader.batches(0))
        await evaluation.run(pixels, count);
      const seconds = (performance.now() - start) / 1000;
      await loader.close();
      return seconds;
    };
    const [passes, first, second] = [[], [], []];
    for (let round = 0; round < 2; round++) {
      passes.push(await pass());
      const { seconds } = await epochsOf({ headOnly: true, epochs: 3, experiment: `head-${round}` });
      first.push(seconds[0]);
      second.push(seconds[2]);
    }
    const pace = Math.min(...passes);
    console.table({
      "an evaluation pass": { "s (min)": two(pace), "/ pass": 1 },
      "the first head-only epoch": {
        "s (min)": two(Math.min(...first)),
        "/ pass": two(Math.min(...first) / pace),
      },
      "the third": { "s (min)": two(Math.min(...second)), "/ pass": two(Math.min(...second) / pace) },
    });
  }
  if (parts.has("data")) {
    const { seconds, waited } = await epochsOf({ epochs: 1, tune: false, experiment: "data" });
    console.log(
      `500x375 JPEG at 160 px, a training epoch of ${photos} images: ${two(seconds[0])} s, of which ${two(waited[0])} s waiting for data`,
    );
  }
  await rm(folder, { recursive: true });
  await rm(out, { recursive: true });
}

if (parts.has("memory")) {
  const rows = {};
  for (const kind of ["full", "stages", "backbone"]) {
    const args = [fileURLToPath(import.meta.url), "--alone", kind, "--model", name, "--size", `${size}`];
    const own = [...args, "--batch-size", `${batchSize}`, "--threads", `${threads}`];
    const tsimm = Number(execFileSync(process.execPath, own, { encoding: "utf8" }));
    const peer = peerOf(size, batchSize);
    let memory = 0;
    for (let i = 0; i < 4; i++) [, , memory] = await peer.ask(`step ${kind}`);
    peer.close();
    rows[kind === "full" ? "a training step" : `${kind} frozen`] = {
      "tsimm, peak MB": tsimm,
      "PyTorch, peak MB": Math.round(memory),
    };
  }
  console.table(rows);
}
if (task !== null) await rm(task.folder, { recursive: true });
process.exit(0);
