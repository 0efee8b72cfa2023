/**
 * What one update costs a GPU, counted from the graph that runs on it: kernels, bytes moved, FLOPs. The rules are in
 * README.md. Build first.
 *
 * node bench/webgpu/count.mjs --model resnet18 --batch-size 64 --size 224 [--opt sgd] [--few-bytes] [--max-bytes N] [--by op|shape] [--top 40]
 */
import { parseArgs } from "node:util";
import { decodeModel } from "@tsimm/autodiff";
import { createModel, createOptimizer, createUpdater } from "tsimm";
import { costOf, distinctNodes } from "./cost.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "resnet18" },
    "batch-size": { type: "string", default: "64" },
    size: { type: "string", default: "224" },
    opt: { type: "string", default: "sgd" },
    "max-bytes": { type: "string" },
    "few-bytes": { type: "boolean", default: false },
    by: { type: "string", default: "op" },
    top: { type: "string", default: "40" },
  },
});
const [batchSize, size] = [Number(options["batch-size"]), Number(options.size)];
const { graph } = decodeModel(await modelOfUpdate());
const costs = distinctNodes(graph).map((node) => ({ node, ...costOf(graph, node) }));
const groups = new Map();
for (const entry of costs) {
  const { op, outputs } = entry.node;
  const key = options.by === "shape" ? `${op} ${graph.values.get(outputs[0])?.shape.join("x")}` : op;
  groups.set(key, [...(groups.get(key) ?? []), entry]);
}
const ordered = [...groups].sort(([, a], [, b]) => sum(b, "bytes") - sum(a, "bytes"));
for (const [name, entries] of ordered.slice(0, Number(options.top))) print(name, entries);
print(`${options.model}, batch ${batchSize}, ${size} px`, costs);

/** The model that an engine with a device is given for the first update: all of it, of images as bytes. */
async function modelOfUpdate() {
  let loaded;
  const device = {
    name: "none",
    async load(model) {
      loaded = model;
      throw new Error("counted");
    },
    read: async () => ({}),
  };
  const limit = options["max-bytes"] === undefined ? {} : { maxTensorBytes: Number(options["max-bytes"]) };
  const engine = {
    name: "counting",
    version: "0",
    lowering: "ort-webgpu",
    device,
    fewBytes: options["few-bytes"],
    ...limit,
  };
  const model = createModel(options.model);
  const optimizer = createOptimizer({ opt: options.opt, lr: 0.1, weightDecay: 1e-4, momentum: 0.9 }, model);
  const statistics = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  const images = { batchSize, height: size, width: size, input: "uint8", ...statistics };
  const updater = await createUpdater(engine, { model, optimizer, ...images });
  const batch = {
    images: new Uint8Array(batchSize * size * size * model.inChans),
    targets: new Float32Array(batchSize * model.numClasses).fill(1 / model.numClasses),
  };
  await updater.update([batch], { update: 0 }).catch((error) => {
    if (loaded === undefined) throw error;
  });
  return loaded;
}

function sum(entries, key) {
  return entries.reduce((total, entry) => total + entry[key], 0);
}

function print(name, entries) {
  const [gigabytes, gigaflops] = [sum(entries, "bytes") / 1e9, sum(entries, "flops") / 1e9];
  console.log(
    `${name.padEnd(34)} ${String(sum(entries, "kernels")).padStart(6)} kernels ` +
      `${gigabytes.toFixed(3).padStart(8)} GB ${gigaflops.toFixed(1).padStart(8)} GFLOP`,
  );
}
