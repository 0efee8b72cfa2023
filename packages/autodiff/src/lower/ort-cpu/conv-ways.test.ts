/** Every way of every site against the formula, over random shapes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { int, ints } from "../../graph/attributes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { elementCount } from "../../graph/tensor.ts";
import { compile, type Feeds } from "../../run-graph.fixture.ts";
import { type TrainingGraph, trainingGraph } from "../../training-graph.ts";
import { lower } from "../lower.ts";
import { sitesOf } from "../sites.ts";

interface Layer {
  readonly op: "Conv" | "ConvTranspose";
  readonly batch: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly size: readonly [number, number];
  readonly hasBias: boolean;
}

const small = fc.integer({ min: 1, max: 3 });
const pair = (max: number) => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));
const layer: fc.Arbitrary<Layer> = fc.record({
  op: fc.constantFrom("Conv", "Conv", "ConvTranspose"),
  batch: small,
  groups: small,
  channels: small,
  filters: small,
  kernel: pair(4),
  strides: fc.constantFrom([1, 1], [1, 1], [2, 1], [2, 3]),
  dilations: pair(2),
  pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
  size: fc.tuple(fc.integer({ min: 7, max: 10 }), fc.integer({ min: 7, max: 10 })),
  hasBias: fc.boolean(),
});

/** Two that have every way between them. */
const plain: Layer = {
  ...{ op: "Conv", batch: 2, groups: 1, channels: 3, filters: 2, kernel: [3, 2], size: [8, 7] },
  ...{ strides: [1, 1], dilations: [1, 2], pads: [1, 0, 2, 1], hasBias: true },
};
const depthwise: Layer = { ...plain, groups: 3, channels: 1, filters: 1 };

/** A step whose images are trained too. */
function stepOf(given: Layer): TrainingGraph {
  const { op, batch, groups, channels, filters, kernel, size, hasBias } = given;
  const builder = new GraphBuilder("layer");
  const x = builder.input("x", "float32", [batch, channels * groups, ...size]);
  const shape = op === "Conv" ? [filters * groups, channels] : [channels * groups, filters];
  const w = builder.input("w", "float32", [...shape, ...kernel]);
  const bias = hasBias ? [builder.input("b", "float32", [filters * groups])] : [];
  const y = builder.op(op, [x, w, ...bias], {
    strides: ints(...given.strides),
    dilations: ints(...given.dilations),
    pads: ints(...given.pads),
    group: int(groups),
  });
  builder.output(y, "logits");
  const parameters = hasBias ? ["x", "w", "b"] : ["x", "w"];
  return trainingGraph(builder.build(), { parameters, loss: "mse" });
}

/** The sites, without ways that only some processors have. */
function portableSites(step: TrainingGraph) {
  return sitesOf(step, "ort-cpu").map(({ ways, ...site }) => ({
    ...site,
    ways: ways.filter((way) => !way.startsWith("blocked")),
  }));
}

test("every way gives the formula's numbers", async () => {
  const seen = new Set<string>();
  const property = fc.asyncProperty(layer, async (given) => {
    const step = stepOf(given);
    const sites = portableSites(step);
    const feeds = feedsOf(step.graph, counted());
    const expected = await (await compile(step.graph))(feeds);
    // The last way of each site, the one before and so on.
    for (let index = Math.max(...sites.map(({ ways }) => ways.length)) - 1; index > 0; index--) {
      const choices = Object.fromEntries(
        sites.map(({ key, ways }) => [key, ways[index % ways.length] ?? ""]),
      );
      for (const { key, ways } of sites) {
        if (choices[key] !== ways[0]) seen.add(`${key.split(" ")[1]} ${choices[key]}`);
      }
      const results = await (await compile(lower(step, "ort-cpu", { choices }).graph))(feeds);
      for (const [name, values] of Object.entries(expected)) expectClose(results[name], values);
    }
  });
  await fc.assert(property, { numRuns: 16, examples: [[plain], [depthwise]] });
  expect([...seen].sort()).toEqual([
    "filters columns",
    "filters columns-in-turn",
    "filters columns-transposed",
    "filters columns-transposed-in-turn",
    "filters depthwise",
    "filters joined-columns",
    "filters split-taps",
    "forward joined-columns",
    "input joined-columns",
    "input turned-filters",
  ]);
});

/** Numbers in [-1, 1] without a pattern. */
function counted(): () => number {
  let count = 0;
  return () => Math.sin(++count * count);
}

function feedsOf({ inputs }: Graph, draw: () => number): Feeds {
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [name, Array.from({ length: elementCount(shape) }, draw)]),
  );
}

function expectClose(actual: readonly number[] | undefined, expected: readonly number[]): void {
  expect(actual?.length).toBe(expected.length);
  const scale = 1 + Math.max(...expected.map(Math.abs));
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual?.[index] ?? Number.NaN) - value)).toBeLessThan(1e-5 * scale);
  }
}

/** Two equal layers and one of other shapes, small maps of many filters. */
function threeLayers(): TrainingGraph {
  const builder = new GraphBuilder("net");
  let x = builder.input("x", "float32", [8, 3, 6, 6]);
  for (const [name, shape] of [
    ["w1", [40, 3, 3, 3]],
    ["w2", [40, 40, 3, 3]],
    ["w3", [40, 40, 3, 3]],
  ] as const) {
    x = builder.op("Conv", [x, builder.input(name, "float32", shape)], { pads: ints(1, 1, 1, 1) });
  }
  builder.output(builder.op("Flatten", [x]), "logits");
  return trainingGraph(builder.build(), { parameters: ["w1", "w2", "w3"] });
}

test("equal layers are one site, and images have no gradient", () => {
  expect(portableSites(threeLayers()).map(({ key, count }) => [key, count])).toEqual([
    ["conv forward x 8,3,6,6 w 40,3,3,3 pads 1,1,1,1", 1],
    ["conv filters x 8,3,6,6 w 40,3,3,3 pads 1,1,1,1", 1],
    ["conv forward x 8,40,6,6 w 40,40,3,3 pads 1,1,1,1", 2],
    ["conv input x 8,40,6,6 w 40,40,3,3 pads 1,1,1,1", 2],
    ["conv filters x 8,40,6,6 w 40,40,3,3 pads 1,1,1,1", 2],
  ]);
});

test("a convolution and its gradient by the filters see the same columns", () => {
  const step = threeLayers();
  expect(portableSites(step).map(({ way }) => way)).toEqual([
    "joined-columns",
    "joined-columns",
    "joined-columns",
    "turned-filters",
    "joined-columns",
  ]);
  const { nodes, initializers } = lower(step, "ort-cpu").graph;
  const isOneHot = (name = "") => initializers.get(name)?.shape.length === 4;
  // One for each layer.
  expect(nodes.filter(({ op, inputs }) => op === "Conv" && isOneHot(inputs[1]))).toHaveLength(3);
});

test("columns that no constant can select are no way", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [1, 1, 100, 100]);
  const w = builder.input("w", "float32", [1, 1, 100, 100]);
  builder.output(builder.op("Flatten", [builder.op("Conv", [x, w])]), "logits");
  const step = trainingGraph(builder.build(), { parameters: ["x", "w"] });
  expect(portableSites(step).map(({ ways, way }) => [way, ways.join()])).toEqual([
    ["convolution", "convolution"],
    ["turned-filters", "transposed-convolution,turned-filters"],
    ["depthwise", "convolution,depthwise,split-taps"],
  ]);
  expect(() => lower(step, "ort-cpu")).not.toThrow();
});
