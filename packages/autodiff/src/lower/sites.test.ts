/** Every way of every site computes the same. */
import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { ints } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { elementCount } from "../graph/tensor.ts";
import { meanSquaredError } from "../losses/mean-squared-error.ts";
import { encodeModel } from "../onnx/encode-model.ts";
import { compile } from "../run-graph.fixture.ts";
import { type TrainingGraph, trainingGraph } from "../training-graph.ts";
import { lower } from "./lower.ts";
import { blockOf, blockProbe } from "./ort-cpu/blocked-channels.ts";
import { type Site, sitesOf, trialGraph } from "./sites.ts";

interface Geometry {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly dilation: number;
  readonly pads: readonly [number, number];
  readonly groups: number;
}

/** A trained convolution of a trained input. */
function stepOf({
  batch,
  channels,
  filters,
  size,
  kernel,
  stride,
  dilation,
  pads,
  groups,
}: Geometry): TrainingGraph {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [batch, channels, ...size]);
  const w = builder.input("w", "float32", [filters, channels / groups, ...kernel]);
  const attributes = {
    kernel_shape: ints(...kernel),
    strides: ints(stride, stride),
    dilations: ints(dilation, dilation),
    pads: ints(...pads, ...pads),
    group: { type: "int", value: groups } as const,
  };
  builder.output(builder.op("Conv", [x, w], attributes), "y");
  return trainingGraph(builder.build(), { parameters: ["x", "w"], loss: meanSquaredError() });
}

/** Channels in a block of this processor: blocks of another length end the process. */
const processorBlock = await blockOfProcessor();

async function blockOfProcessor(): Promise<number> {
  const session = await InferenceSession.create(encodeModel(blockProbe()), { logSeverityLevel: 4 });
  const { y } = await session.run({ x: new Tensor("float32", new Float32Array(4), [1, 4, 1, 1]) });
  return y?.dims[1] ?? 1;
}

/** Results of each way. */
async function resultsOf(site: Site): Promise<ReadonlyMap<string, readonly number[]>> {
  const results = new Map<string, readonly number[]>();
  for (const way of site.ways) {
    const graph = trialGraph([site], { [site.key]: way }, { batchSize: site.shapes.x[0] ?? 0 });
    const feeds = graph.inputs.map(({ name, shape }) => [name, noise(elementCount(shape), name.length)]);
    const outputs = await (await compile(graph))(Object.fromEntries(feeds));
    results.set(way, Object.values(outputs)[0] ?? []);
  }
  return results;
}

function noise(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(1.7 * i * seed + seed));
}

function errorOf(values: readonly number[], expected: readonly number[]): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  const norm = (list: readonly number[]) => Math.hypot(...list);
  return norm(values.map((value, i) => value - (expected[i] ?? 0))) / Math.max(norm(expected), 1e-20);
}

const block = fc.constantFrom(8, 16, 32, 48);

const dense = fc.record({
  ...{ batch: fc.integer({ min: 1, max: 3 }), channels: fc.oneof(block, fc.integer({ min: 1, max: 9 })) },
  ...{ filters: fc.oneof(block, fc.integer({ min: 1, max: 9 })), groups: fc.constant(1) },
});
const grouped = fc
  .record({ batch: fc.integer({ min: 1, max: 3 }), groups: fc.constantFrom(2, 3) })
  .chain(({ batch, groups }) =>
    fc
      .constantFrom(1, 4, 8)
      .map((each) => ({ batch, groups, channels: groups * each, filters: 2 * groups * each })),
  );
const depthwise = block.map((channels) => ({ batch: 2, channels, filters: channels, groups: channels }));

const geometry: fc.Arbitrary<Geometry> = fc
  .record({
    channels: fc.oneof(dense, grouped, depthwise),
    size: fc.tuple(fc.integer({ min: 6, max: 12 }), fc.integer({ min: 6, max: 12 })),
    kernel: fc.constantFrom<[number, number]>([1, 1], [3, 3], [1, 3], [5, 5], [2, 3]),
    stride: fc.constantFrom(1, 2),
    dilation: fc.constantFrom(1, 2),
  })
  .filter(({ size, kernel, dilation }) => size.every((side, axis) => (kernel[axis] ?? 0) * dilation <= side))
  .map(({ channels, size, kernel, stride, dilation }) => ({
    ...channels,
    ...{ size, kernel, stride, dilation: kernel[0] * kernel[1] === 1 ? 1 : dilation },
    pads: [kernel[0] >> 1, kernel[1] >> 1] as const,
  }));

test("every way of a site computes what the others do, whatever the shapes", {
  timeout: 60_000,
}, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(geometry, async (of) => {
      for (const site of sitesOf(stepOf(of), "ort-cpu", { block: processorBlock })) {
        const results = await resultsOf(site);
        const expected = results.get(site.way) ?? [];
        for (const [way, values] of results) {
          seen.add(`${site.part} ${way}`);
          expect(errorOf(values, expected), `${way} of ${site.key}`).toBeLessThan(1e-5);
        }
      }
    }),
    { numRuns: 40, seed: 7 },
  );
  expect([...seen].sort()).toEqual([
    "filters columns",
    "filters columns-in-turn",
    "filters columns-transposed",
    "filters columns-transposed-in-turn",
    "filters convolution",
    "filters depthwise",
    "filters joined-columns",
    "filters split-taps",
    ...(processorBlock === 1 ? [] : [`forward blocked-${processorBlock}`]),
    "forward convolution",
    "forward joined-columns",
    ...(processorBlock === 1 ? [] : [`input blocked-${processorBlock}`]),
    "input joined-columns",
    "input transposed-convolution",
    "input turned-filters",
  ]);
});

test("every way of a convolution adds its bias", async () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [2, 16, 6, 6]);
  const w = builder.input("w", "float32", [16, 16, 3, 3]);
  const b = builder.input("b", "float32", [16]);
  builder.output(builder.op("Conv", [x, w, b], { pads: ints(1, 1, 1, 1) }), "y");
  const step = trainingGraph(builder.build(), { parameters: ["w", "b"], loss: meanSquaredError() });
  const [site] = sitesOf(step, "ort-cpu", { block: processorBlock });
  const feeds = Object.fromEntries(
    step.graph.inputs.map(({ name, shape }) => [name, noise(elementCount(shape), name.length)]),
  );
  let expected: Readonly<Record<string, readonly number[]>> | undefined;
  for (const way of site?.ways ?? []) {
    const { graph } = lower(step, "ort-cpu", { choices: { [site?.key ?? ""]: way } });
    const outputs = await (await compile(graph))(feeds);
    expected ??= outputs;
    for (const [name, values] of Object.entries(outputs)) {
      expect(errorOf(values, expected[name] ?? []), `${name} by ${way}`).toBeLessThan(1e-5);
    }
  }
});

test("a convolution and its gradient share the columns that both take", () => {
  const sites = sitesOf(
    stepOf({
      ...{ batch: 2, channels: 4, filters: 4, size: [6, 6], kernel: [3, 3], stride: 1, dilation: 1 },
      ...{ pads: [1, 1], groups: 1 },
    }),
    "ort-cpu",
  ).filter(({ part }) => part !== "input");
  const together = Object.fromEntries(sites.map(({ key }) => [key, "joined-columns"]));
  const { nodes } = trialGraph(sites, together, { batchSize: 2 });
  expect(nodes.filter(({ op }) => op === "Conv")).toHaveLength(1);
});

test("a step is lowered by its choices, and refuses one that is no way of its site", () => {
  const step = stepOf({
    ...{ batch: 2, channels: 16, filters: 16, size: [6, 6], kernel: [3, 3], stride: 1, dilation: 1 },
    ...{ pads: [1, 1], groups: 1 },
  });
  const [site] = sitesOf(step, "ort-cpu");
  expect(site?.key).toBe("conv forward x 2,16,6,6 w 16,16,3,3 pads 1,1,1,1");
  const choices = { [site?.key ?? ""]: "blocked-16" };
  const domains = lower(step, "ort-cpu", { choices }).graph.nodes.map(({ domain }) => domain);
  expect(domains).toContain("com.microsoft.nchwc");
  expect(lower(step, "ort-cpu").graph.nodes.map(({ domain }) => domain)).not.toContain("com.microsoft.nchwc");
  expect(() => lower(step, "ort-cpu", { choices: { [site?.key ?? ""]: "magic" } })).toThrow(
    'lower: choice for "conv forward x 2,16,6,6 w 16,16,3,3 pads 1,1,1,1" must be one of convolution, joined-columns, blocked-8, blocked-16, got "magic"',
  );
});

test("ways in blocks are offered for the processor's blocks only", () => {
  const step = stepOf({
    ...{ batch: 2, channels: 16, filters: 16, size: [6, 6], kernel: [3, 3], stride: 1, dilation: 1 },
    ...{ pads: [1, 1], groups: 1 },
  });
  const blocksOf = (options?: { readonly block: number }) => [
    ...new Set(sitesOf(step, "ort-cpu", options).flatMap(({ ways }) => ways.map(blockOf))),
  ];
  expect(blocksOf()).toEqual([null]);
  expect(blocksOf({ block: 8 })).toEqual([null, 8]);
  expect(blocksOf({ block: 16 })).toEqual([null, 16]);
  expect(sitesOf(step, "generic")).toEqual([]);
});
