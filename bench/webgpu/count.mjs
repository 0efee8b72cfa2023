/**
 * What one training step costs a GPU, counted from the graph that `ort-webgpu` runs: kernels, bytes moved, FLOPs.
 *
 * node bench/webgpu/count.mjs --model resnet18 --batch-size 64 --size 224 [--by op|tensor] [--max-bytes N]
 *
 * The rules are in README.md.
 */
import { parseArgs } from "node:util";
import { lower, prependNormalization, trainingGraph } from "@tsimm/autodiff";
import { createModel } from "tsimm";
import { costOf } from "./cost.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "resnet18" },
    "batch-size": { type: "string", default: "64" },
    size: { type: "string", default: "224" },
    "max-bytes": { type: "string" },
    by: { type: "string", default: "op" },
  },
});
const batchSize = Number(options["batch-size"]);
const size = Number(options.size);
const model = createModel(options.model, { numClasses: 1000 });
const forward = model.forwardGraph({ batchSize, height: size, width: size, training: true });
const step = trainingGraph(forward, {
  logits: "logits",
  parameters: model.parameters.map(({ name }) => name),
});
const statistics = { input: "input", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const images = { ...step, graph: prependNormalization(step.graph, statistics) };
const limit = options["max-bytes"] === undefined ? {} : { maxBytes: Number(options["max-bytes"]) };
const { graph } = lower(images, "ort-webgpu", limit);

const costs = graph.nodes.map((node) => ({ node, ...costOf(graph, node) }));
const sum = (entries, key) => entries.reduce((total, entry) => total + entry[key], 0);
const line = (name, entries) =>
  console.log(
    `${name.padEnd(28)} ${String(sum(entries, "kernels")).padStart(6)} kernels ${(sum(entries, "bytes") / 1e9)
      .toFixed(3)
      .padStart(9)} GB ${(sum(entries, "flops") / 1e9).toFixed(1).padStart(8)} GFLOP`,
  );
const groups = new Map();
for (const entry of costs) {
  const key =
    options.by === "tensor"
      ? `${entry.node.op} ${graph.values.get(entry.node.outputs[0])?.shape.join("x")}`
      : entry.node.op;
  groups.set(key, [...(groups.get(key) ?? []), entry]);
}
const ordered = [...groups].sort(([, a], [, b]) => sum(b, "bytes") - sum(a, "bytes"));
for (const [name, entries] of ordered.slice(0, 40)) line(name, entries);
line(`${options.model}, batch ${batchSize}, ${size} px`, costs);
