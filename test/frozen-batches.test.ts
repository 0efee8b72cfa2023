/** Frozen parts of any operator together with the choice of what is trained, shared tensors and other batch sizes. */
import { frozenPart, trainable } from "@tsimm/autodiff";
import {
  createEngine,
  createFineTuning,
  createOptimizerV2,
  createUpdater,
  type Engine,
  type FineTuningOptions,
} from "tsimm";
import { describe, expect, test } from "vitest";
import type { NodeProto, TensorProto } from "../packages/autodiff/src/onnx/generated/onnx_pb.ts";
import { graph, node, onnxFile, tensor, value } from "../packages/autodiff/src/onnx/onnx-file.fixture.ts";
import { parseModel } from "../packages/autodiff/src/onnx/parse-model.ts";
import { withHostDevice } from "../packages/tsimm/src/runtime/host-device.fixture.ts";
import { count, integers, noise, scalar, weight } from "./noise-tensors.fixture.ts";

const engine = await createEngine("native");

const filled = (name: string, dims: readonly number[], x: number) =>
  tensor(name, "float32", dims, new Float32Array(count(dims)).fill(x));

/** Nodes from "x", a sample of which has a shape, to "features" [B, width]. */
interface Prefix {
  readonly sample: readonly number[];
  readonly width: number;
  readonly nodes: readonly NodeProto[];
  readonly tensors: readonly TensorProto[];
  readonly freeze: readonly string[];
  /** Names of what is trained. */
  readonly trained: readonly string[];
}

const bn = (output: string, ...inputs: readonly string[]) =>
  inputs.map((input) => `the BatchNormalization of ${output}.${input}`);
const head = [...bn("c", "bias", "scale"), "head.b", "head.w"];

const prefixes: Record<string, Prefix> = {
  "an LSTM": {
    sample: [5, 4],
    width: 6,
    nodes: [
      node("Transpose", ["x"], ["steps"], { perm: [1, 0, 2] }),
      node("LSTM", ["steps", "body.w", "body.r", "body.b"], ["", "last"], { hidden_size: 6 }),
      node("Squeeze", ["last", "axis"], ["features"]),
    ],
    tensors: [
      weight("body.w", [1, 24, 4]),
      weight("body.r", [1, 24, 6]),
      filled("body.b", [1, 48], 0),
      integers("axis", 0),
    ],
    freeze: ["body.*"],
    trained: [...head, "ones", "zeros"],
  },
  "convolutions over three dimensions": {
    sample: [2, 4, 4, 4],
    width: 6,
    nodes: [
      node("Conv", ["x", "body.w", "zeros"], ["conv"], { kernel_shape: [3, 3, 3] }),
      node("MaxPool", ["conv"], ["pool"], { kernel_shape: [2, 2, 2] }),
      node("Flatten", ["pool"], ["features"]),
    ],
    tensors: [weight("body.w", [6, 2, 3, 3, 3])],
    // Its first reader, the convolution, keeps the name.
    freeze: ["body.*", "zeros"],
    trained: [...bn("a", "bias"), ...head, "ones"],
  },
  "a quantized convolution": {
    sample: [3, 5, 5],
    width: 6,
    nodes: [
      node("QuantizeLinear", ["x", "scale", "zero"], ["xq"]),
      node(
        "QLinearConv",
        ["xq", "scale", "zero", "body.w", "scales", "zero points", "scale", "zero"],
        ["yq"],
      ),
      node("DequantizeLinear", ["yq", "scale", "zero"], ["y"]),
      node("Flatten", ["y"], ["features"]),
    ],
    tensors: [
      scalar("scale", 0.02),
      tensor("zero", "uint8", [], Uint8Array.of(128)),
      tensor(
        "body.w",
        "int8",
        [6, 3, 5, 5],
        Int8Array.from(noise("w", [450]), (x) => Math.round(60 * x)),
      ),
      tensor("scales", "float32", [6], Float32Array.of(0.01, 0.02, 0.01, 0.015, 0.03, 0.02)),
      tensor("zero points", "int8", [6], new Int8Array(6)),
    ],
    freeze: [],
    trained: [...head, "ones", "zeros"],
  },
};

const classes = 3;
/** Two normalizations, which share the ones and zeros of a fresh network with the prefix, and a linear layer. */
function fileOf({ sample, width, nodes, tensors }: Prefix, batch: number | string): Uint8Array {
  return onnxFile(
    graph({
      nodes: [
        ...nodes,
        node("BatchNormalization", ["features", "ones", "zeros", "zeros", "ones"], ["a"]),
        node("Tanh", ["a"], ["b"]),
        node("BatchNormalization", ["b", "ones", "zeros", "zeros", "ones"], ["c"]),
        node("Gemm", ["c", "head.w", "head.b"], ["logits"], { transB: 1 }),
      ],
      inputs: [value("x", "float32", [batch, ...sample])],
      outputs: [value("logits")],
      tensors: [
        ...tensors,
        filled("ones", [width], 1),
        filled("zeros", [width], 0),
        weight("head.w", [classes, width]),
        weight("head.b", [classes]),
      ],
    }),
  );
}

const targetOf = (samples: number) =>
  Float32Array.from({ length: samples * classes }, (_, i) =>
    Number(i % classes === Math.floor(i / classes) % classes),
  );

/** Loss and gradients of a step, by parameter. */
async function stepOf(
  bytes: Uint8Array,
  options: FineTuningOptions,
  x: Float32Array,
  target: Float32Array,
): Promise<ReadonlyMap<string, Float32Array>> {
  const net = await createFineTuning(engine, bytes, { ...options, threads: 1 });
  const { loss } = await net.run({ x }, target);
  const gradients = net.parameters.map(({ name, grad }) => [name, Float32Array.from(grad ?? [])] as const);
  await net.close();
  return new Map([["loss", Float32Array.of(loss)], ...gradients]);
}

/** The mean of what each sample alone gives. */
async function meanOfSamples(
  bytes: Uint8Array,
  options: FineTuningOptions,
  x: Float32Array,
  samples: number,
): Promise<Map<string, Float32Array>> {
  const mean = new Map<string, Float32Array>();
  const [size, target] = [x.length / samples, targetOf(samples)];
  for (let at = 0; at < samples; at++) {
    const [from, to] = [at * classes, (at + 1) * classes];
    const one = x.slice(at * size, (at + 1) * size);
    for (const [name, numbers] of await stepOf(bytes, options, one, target.slice(from, to))) {
      const sum = mean.get(name) ?? new Float32Array(numbers.length);
      mean.set(
        name,
        sum.map((element, i) => element + (numbers[i] ?? 0) / samples),
      );
    }
  }
  return mean;
}

function expectClose(
  got: ReadonlyMap<string, Float32Array>,
  wanted: ReadonlyMap<string, Float32Array>,
): void {
  expect([...got.keys()]).toEqual([...wanted.keys()]);
  for (const [name, numbers] of wanted) {
    for (const [i, element] of numbers.entries()) expect(got.get(name)?.[i], name).toBeCloseTo(element, 5);
  }
}

describe.each(Object.entries(prefixes))("behind %s", (name, prefix) => {
  const { sample, freeze, trained } = prefix;
  const [whole, last] = [4, 3];
  const x = noise(`${name}.x`, [whole, ...sample], 1);
  const some = x.slice(0, last * count(sample));

  test.each<[string, number | string, FineTuningOptions]>([
    ["an open batch", "n", { inputs: { x: [whole, ...sample] } }],
    ["a batch size given", "n", { batchSize: whole }],
    ["a file made for one sample", 1, { batchSize: whole }],
  ])("%s trains each of the shared tensors, smaller batches too", async (_, batch, options) => {
    const bytes = fileOf(prefix, batch);
    const net = await createFineTuning(engine, bytes, { freeze, ...options, threads: 1 });
    expect(net.parameters.map((parameter) => parameter.name).sort()).toEqual([...trained].sort());
    for (const [given, samples] of [
      [x, whole],
      [some, last],
      [x, whole],
    ] as const) {
      const { loss } = await net.run({ x: given }, targetOf(samples));
      const got = new Map([["loss", Float32Array.of(loss)]]);
      for (const parameter of net.parameters)
        got.set(parameter.name, Float32Array.from(parameter.grad ?? []));
      expectClose(got, await meanOfSamples(fileOf(prefix, 1), { freeze }, given, samples));
    }
    await net.close();
  });

  test("an updater trains it on a device as on the host, smaller batches too", async () => {
    const train = async (on: Engine) => {
      const net = await createFineTuning(on, fileOf(prefix, "n"), { freeze, batchSize: whole, threads: 1 });
      const optimizer = createOptimizerV2(net.parameters, { opt: "sgd", lr: 0.1, momentum: 0.9 });
      const updater = await createUpdater(on, { model: net, optimizer });
      const batches = [x, some, x].map((given) => ({
        feeds: { x: given },
        targets: targetOf(given === x ? whole : last),
      }));
      const losses = [];
      for (const [update, batch] of batches.entries())
        losses.push((await updater.update([batch], { update })).loss);
      await updater.store.read();
      const weights = net.parameters.map((parameter) => [parameter.name, parameter.data] as const);
      await updater.close();
      await net.close();
      return new Map([["losses", Float32Array.from(losses)], ...weights]);
    };
    expectClose(await train(withHostDevice(engine)), await train(engine));
  });

  test("says what is frozen, and writes its nodes and tensors back as they were", async () => {
    const bytes = fileOf(prefix, "n");
    const net = await createFineTuning(engine, bytes, { freeze, inputs: { x: [whole, ...sample] } });
    const frozen = net.fixed.filter(({ reason }) => reason === "frozen");
    const floats = prefix.tensors.filter((given) => given.dataType === 1).map((given) => given.name);
    const held = freeze.length > 0 ? floats : [];
    expect(frozen.map((given) => given.name).filter((given) => given !== "zeros")).toEqual(held);
    expect(net.fixed.map((given) => given.name)).toEqual(expect.arrayContaining(floats));
    expect(net.summary.includes("(frozen)")).toBe(freeze.length > 0);
    for (const { data } of net.parameters) data.fill(0.25);
    const [before, after] = [parseModel(bytes).graph, parseModel(net.save()).graph];
    expect(after.node.slice(0, prefix.nodes.length)).toEqual(before.node.slice(0, prefix.nodes.length));
    const of = (given: typeof before) =>
      prefix.tensors.map((own) => given.initializer.find((other) => other.name === own.name)?.rawData);
    expect(of(after)).toEqual(of(before));
    const { logits } = await net.run({ x }, targetOf(whole));
    const session = await engine.load(net.save(), { threads: 1 });
    const outputs = await session.run({ x: { dtype: "float32", shape: [whole, ...sample], data: x } });
    await session.close();
    for (const [i, logit] of logits.entries()) expect(outputs["logits"]?.data[i]).toBeCloseTo(logit, 5);
    await net.close();
  });
});

const lstm = prefixes["an LSTM"] ?? never();
function never(): never {
  throw new Error("no such prefix");
}

test("patterns to train leave all before them frozen, whatever the operators", async () => {
  const bytes = fileOf(lstm, "n");
  const [inputs, x] = [{ x: [2, ...lstm.sample] }, noise("x", [2, ...lstm.sample], 1)];
  const train = ["head.*", "the BatchNormalization of c.*"];
  expect(frozenPart(bytes, { inputs, train })?.outputs).toEqual(["b"]);
  expect(frozenPart(bytes, { inputs, train: ["head.b"] })?.outputs).toEqual(["c"]);
  // Normalizations none of whose weights are trained use the running statistics in training, too.
  expect(frozenPart(bytes, { inputs, train, batchNorm: "train" })?.outputs).toEqual(["b"]);
  expect(frozenPart(bytes, { inputs, freeze: lstm.freeze })?.outputs).toEqual(["features"]);
  const freeze = [...lstm.freeze, "ones", "zeros"];
  const [ours, theirs] = [{ train }, { freeze }].map((options) =>
    stepOf(bytes, { inputs, ...options }, x, targetOf(2)),
  );
  expect([...((await ours)?.keys() ?? [])].sort()).toEqual([...head, "loss"].sort());
  expectClose((await ours) ?? new Map(), (await theirs) ?? new Map());
  await expect(createFineTuning(engine, bytes, { inputs })).rejects.toThrow(
    /or freeze the weights before it: "body.w", "body.r", "body.b"$/,
  );
});

test("running statistics follow behind a frozen part, those of smaller batches too", async () => {
  const bytes = fileOf(lstm, "n");
  const behind = fileOf(
    { ...lstm, sample: [lstm.width], nodes: [node("Identity", ["x"], ["features"])], tensors: [] },
    "n",
  );
  const options = { batchSize: 4, batchNorm: "train" } as const;
  const part = frozenPart(bytes, { ...options, freeze: lstm.freeze });
  const net = await createFineTuning(engine, bytes, { ...options, freeze: lstm.freeze });
  const theirs = await createFineTuning(engine, behind, options);
  expect(net.summary).toContain("running statistics of 2 batch normalizations follow");
  const session = await engine.load(part?.model ?? bytes, { threads: 1 });
  for (const samples of [4, 3]) {
    const x = noise(`x${samples}`, [samples, ...lstm.sample], 1);
    const features = await session.run({
      x: { dtype: "float32", shape: [samples, ...lstm.sample], data: x },
    });
    const { loss } = await net.run({ x }, targetOf(samples));
    const wanted = await theirs.run(
      { x: Float32Array.from(features["features"]?.data ?? [], Number) },
      targetOf(samples),
    );
    expect(loss).toBeCloseTo(wanted.loss, 5);
  }
  await session.close();
  const [ours, other] = [net, theirs].map((given) => decodedStatistics(given.save()));
  expect(ours).toHaveLength(4);
  for (const [at, numbers] of (ours ?? []).entries()) {
    for (const [i, element] of numbers.entries()) expect(element).toBeCloseTo(other?.[at]?.[i] ?? 0, 5);
  }
  await net.close();
  await theirs.close();
});

/** Means and variances of a saved file. */
function decodedStatistics(bytes: Uint8Array): Float32Array[] {
  const { node: nodes, initializer } = parseModel(bytes).graph;
  return nodes
    .filter(({ opType }) => opType === "BatchNormalization")
    .flatMap(({ input }) => input.slice(3))
    .map((name) => {
      const raw = initializer.find((given) => given.name === name)?.rawData ?? new Uint8Array();
      return new Float32Array(raw.slice().buffer);
    });
}

test("a tensor that a branch and a layer share is a weight for the layer alone, and keeps its name in the branch", async () => {
  const branch = (op: string) => graph({ nodes: [node(op, ["x", "zeros"], ["y"])], outputs: [value("y")] });
  const bytes = onnxFile(
    graph({
      nodes: [
        node("ReduceMean", ["x"], ["mean"], { keepdims: 0 }),
        node("Greater", ["mean", "limit"], ["positive"]),
        node("MatMul", ["h", "w"], ["product"]),
        node("Add", ["product", "zeros"], ["logits"]),
        node("If", ["positive"], ["h"], { then_branch: branch("Add"), else_branch: branch("Sub") }),
      ],
      inputs: [value("x", "float32", ["n", 3])],
      outputs: [value("logits")],
      tensors: [scalar("limit", 0), filled("zeros", [3], 0), weight("w", [3, 3])],
    }),
  );
  const net = await createFineTuning(engine, bytes, { batchSize: 2, freeze: ["zeros"] });
  expect(net.parameters.map(({ name }) => name).sort()).toEqual(["the Add of logits.input 1", "w"]);
  expect(net.fixed.map(({ name, reason }) => [name, reason])).toEqual([
    ["limit", 'sets up Greater "the Greater of positive"'],
    ["zeros", "frozen"],
  ]);
  const [x, target] = [noise("x", [2, 3], 1), Float32Array.of(1, 0, 0, 0, 0, 1)];
  const { loss } = await net.run({ x }, target);
  for (const { data } of net.parameters) data.fill(1);
  expect((await net.run({ x }, target)).loss).not.toBeCloseTo(loss, 3);
  const session = await engine.load(net.save(), { threads: 1 });
  const { logits } = await session.run({ x: { dtype: "float32", shape: [2, 3], data: x } });
  const sums = [0, 3].map((at) => 1 + (x[at] ?? 0) + (x[at + 1] ?? 0) + (x[at + 2] ?? 0));
  for (const [i, logit] of [...(logits?.data ?? [])].entries()) {
    expect(Number(logit)).toBeCloseTo(sums[Math.floor(i / 3)] ?? Number.NaN, 5);
  }
  await session.close();
  await net.close();
});

test("a file made for some samples runs as often as a step needs it", async () => {
  const bytes = fileOf(lstm, 2);
  const options = { freeze: lstm.freeze, threads: 1 };
  const x = noise("x", [6, ...lstm.sample], 1);
  const net = await createFineTuning(engine, bytes, { ...options, batchSize: 6 });
  const open = await createFineTuning(engine, fileOf(lstm, "n"), { ...options, batchSize: 6 });
  for (const samples of [6, 4, 5, 1, 3]) {
    const given = x.slice(0, samples * count(lstm.sample));
    const [ours, theirs] = [net, open].map((model) => model.run({ x: given }, targetOf(samples)));
    expect((await ours)?.loss).toBeCloseTo((await theirs)?.loss ?? 0, 5);
  }
  await net.close();
  await open.close();
});

test("refuses a smaller batch where samples change each other", async () => {
  const bytes = onnxFile(
    graph({
      nodes: [
        node("Normalizer", ["x"], ["unit"], { norm: "L2" }, "ai.onnx.ml"),
        node("ReduceSum", ["unit", "first"], ["sum"], { keepdims: 1 }),
        node("Mul", ["unit", "sum"], ["h"]),
        node("MatMul", ["h", "head.w"], ["logits"]),
      ],
      inputs: [value("x", "float32", [4, 4])],
      outputs: [value("logits")],
      tensors: [integers("first", 0), weight("head.w", [4, classes])],
    }),
    { opsets: { "": 17, "ai.onnx.ml": 3 } },
  );
  const net = await createFineTuning(engine, bytes);
  const x = noise("x", [4, 4], 1);
  await net.run({ x }, targetOf(4));
  await expect(net.run({ x: x.slice(0, 12) }, targetOf(3))).rejects.toThrow(
    /^FineTuning.run: a smaller batch must not change .* at element 0 of "h" beside others; leave the last/,
  );
  await net.close();
});

test("refuses a file made for one sample whose frozen part yields no row for each", async () => {
  const bytes = onnxFile(
    graph({
      nodes: [
        node("Transpose", ["x"], ["steps"], { perm: [1, 0, 2] }),
        node("LSTM", ["steps", "body.w", "body.r"], ["all"], { hidden_size: 6 }),
        node("MatMul", ["all", "head.w"], ["each"]),
        node("ReduceMean", ["each"], ["logits"], { axes: [0, 1], keepdims: 0 }),
      ],
      inputs: [value("x", "float32", [1, 5, 4])],
      outputs: [value("logits")],
      tensors: [weight("body.w", [1, 24, 4]), weight("body.r", [1, 24, 6]), weight("head.w", [6, classes])],
    }),
  );
  const net = await createFineTuning(engine, bytes, { freeze: ["body.*"] });
  await net.close();
  await expect(createFineTuning(engine, bytes, { freeze: ["body.*"], batchSize: 2 })).rejects.toThrow(
    new RangeError(
      'trainable: batchSize must be 1, which the file fixes, got 2: "all", which the frozen LSTM "the LSTM of all" leads to, has shape [5, 1, 1, 6], no row for each sample; export the model with an open batch size',
    ),
  );
});

test("without an engine, steps for other batches take what the frozen part yields for them", () => {
  const features = (rows: number) => ({
    features: { dtype: "float32", shape: [rows, 6], data: new Float32Array(6 * rows) } as const,
  });
  const { frozen, frozenFor, stepFor } = trainable(fileOf(lstm, "n"), {
    batchSize: 4,
    freeze: lstm.freeze,
    frozenValues: features(4),
  });
  expect(frozen?.inputs).toEqual([{ name: "x", dtype: "float32", shape: [4, 5, 4] }]);
  expect(frozenFor(3)).toEqual({
    ...frozen,
    inputs: [{ name: "x", dtype: "float32", shape: [3, 5, 4] }],
  });
  expect(stepFor(3, features(3)).graph.values.get("features")?.shape).toEqual([3, 6]);
  const fixed = trainable(fileOf(lstm, 1), {
    batchSize: 4,
    freeze: lstm.freeze,
    frozenValues: features(1),
  });
  expect(fixed.frozen?.runs).toEqual({
    count: 4,
    inputs: [{ name: "x", dtype: "float32", shape: [1, 5, 4] }],
    samples: 4,
    filled: false,
  });
  expect(fixed.step.graph.values.get("features")?.shape).toEqual([4, 6]);
  expect(() => fixed.frozenFor(0)).toThrow(
    new RangeError("Trainable.frozenFor: batchSize must be an integer >= 1, got 0"),
  );
});
