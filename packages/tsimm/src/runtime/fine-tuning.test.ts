import {
  decodeModel,
  encodeModel,
  float,
  float32,
  GraphBuilder,
  int,
  type TensorData,
} from "@tsimm/autodiff";
import { afterAll, expect, test } from "vitest";
import { createEngine } from "./create-engine.ts";
import { createFineTuning, type FineTuningOptions } from "./fine-tuning.ts";

/** logits = embedding[ids] w * scale, a file without names of ours. */
function model(scale: number): Uint8Array {
  const builder = new GraphBuilder("embedding");
  const ids = builder.input("ids", "int64", [2]);
  const mask = builder.input("mask", "float32", [2, 1]);
  const embedding = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "embedding");
  const w = builder.constant(float32([2, 2], [1, 0, 0, 1]), "w");
  const rows = builder.op("Mul", [builder.op("Gather", [embedding, ids], { axis: int(0) }), mask]);
  const logits = builder.op("MatMul", [rows, w]);
  builder.output(builder.op("Mul", [logits, builder.constant(float32([1], [scale]), "scale")]), "y");
  return encodeModel(builder.build());
}

const engine = await createEngine("native");
const net = await createFineTuning(engine, model(1));
afterAll(() => net.close());
const ids = BigInt64Array.of(2n, 0n);
const mask = Float32Array.of(1, 1);
const target = Float32Array.of(1, 0, 0, 1);

test("takes integers where the model does", async () => {
  await net.run({ ids, mask }, target);
  const [embedding] = net.parameters;
  expect(Array.from(embedding?.grad ?? []).map((value) => value !== 0)).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
  ]);
});

test.each<[string, Record<string, TensorData>, Float32Array, string]>([
  ["a missing input", { mask }, target, '"ids" must be int64 [2] = BigInt64Array of 2 elements, got none'],
  [
    "an input of another type",
    { ids: Float32Array.of(2, 0), mask },
    target,
    '"ids" must be int64 [2] = BigInt64Array of 2 elements, got Float32Array of 2',
  ],
  [
    "an input of another size",
    { ids, mask: Float32Array.of(1) },
    target,
    '"mask" must be float32 [2, 1] = Float32Array of 2 elements, got Float32Array of 1',
  ],
  [
    "NaN in an input",
    { ids, mask: Float32Array.of(1, Number.NaN) },
    target,
    '"mask" must be finite, got NaN at element 1',
  ],
  [
    "an infinite target",
    { ids, mask },
    Float32Array.of(1, 0, 0, Number.POSITIVE_INFINITY),
    '"target" must be finite, got Infinity at element 3',
  ],
])("refuses %s", async (_, feeds, wanted, message) => {
  await expect(net.run(feeds, wanted)).rejects.toThrow(new RangeError(`FineTuning.run: ${message}`));
});

test("names the weight behind a loss that is not finite", async () => {
  const spoilt = await createFineTuning(engine, model(1));
  const w = spoilt.parameters.find(({ name }) => name === "w");
  w?.data.fill(Number.NaN, 3);
  await expect(spoilt.run({ ids, mask }, target)).rejects.toThrow(
    new RangeError(
      'FineTuning.run: loss must be finite, got NaN; "w" holds NaN at element 3: start again with a lower learning rate or clipped gradients',
    ),
  );
  await spoilt.close();
});

test("names the constant behind a loss that is not finite", async () => {
  const spoilt = await createFineTuning(engine, model(Number.NaN));
  await expect(spoilt.run({ ids, mask }, target)).rejects.toThrow(
    new RangeError(
      'FineTuning.run: loss must be finite, got NaN; "scale" in the file holds NaN at element 0: repair the file',
    ),
  );
  await spoilt.close();
});

test("says so where only the numbers grew too large", async () => {
  const spoilt = await createFineTuning(engine, model(3e38));
  await expect(spoilt.run({ ids, mask: Float32Array.of(1e3, 1e3) }, target)).rejects.toThrow(
    new RangeError(
      "FineTuning.run: loss must be finite, got NaN; the weights are finite, so a node overflows or divides by 0: lower the learning rate, or scale the inputs as the model expects",
    ),
  );
  await spoilt.close();
});

/** logits = bn(x) w, x [batch, 3] in the file. */
function normalized(batch: number | undefined): Uint8Array {
  const builder = new GraphBuilder("normalized");
  const x = builder.input("x", "float32", [batch ?? 4, 3]);
  const constants = {
    scale: [1.5, 0.5, -1],
    bias: [0.25, 0, 0.5],
    mean: [0.1, 0.2, 0.3],
    variance: [1, 2, 3],
  };
  const statistics = Object.entries(constants).map(([name, data]) =>
    builder.constant(float32([3], data), name),
  );
  const y = builder.op("BatchNormalization", [x, ...statistics], { momentum: float(0.5) }, { name: "bn" });
  const w = builder.constant(float32([3, 2], [0.3, -0.2, 0.5, 0.1, -0.4, 0.7]), "w");
  builder.output(builder.op("MatMul", [y, w]), "y");
  return encodeModel(builder.build(), batch === undefined ? { batchSymbol: "batch" } : {});
}
const rows = Float32Array.of(1, 2, 3, -1, 0.5, 2, 0.25, -2, 1, 3, 1, -1);
const labels = Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1);

test.each<[string, number | undefined, FineTuningOptions]>([
  ["open", undefined, { batchSize: 4 }],
  ["given in inputs", undefined, { inputs: { x: [4, 3] } }],
  ["fixed to 4", 4, {}],
  ["fixed to 1", 1, { batchSize: 4 }],
])("runs smaller batches of a file whose batch size is %s", async (_, batch, options) => {
  const whole = await createFineTuning(engine, normalized(batch), options);
  const alone = await createFineTuning(engine, normalized(1));
  expect(whole.targetShape).toEqual([4, 2]);
  for (const samples of [4, 2, 3, 2, 1, 4]) {
    const { loss, logits } = await whole.run(
      { x: rows.subarray(0, 3 * samples) },
      labels.subarray(0, 2 * samples),
    );
    expect(logits).toHaveLength(2 * samples);
    let mean = 0;
    const gradient = new Float64Array(6);
    for (let at = 0; at < samples; at++) {
      const result = await alone.run({ x: rows.slice(3 * at, 3 * at + 3) }, labels.slice(2 * at, 2 * at + 2));
      mean += result.loss / samples;
      const grad = alone.parameters.find(({ name }) => name === "w")?.grad ?? new Float32Array();
      for (const [i, value] of grad.entries()) gradient[i] = (gradient[i] ?? 0) + value / samples;
    }
    expect(loss).toBeCloseTo(mean, 5);
    const grad = whole.parameters.find(({ name }) => name === "w")?.grad;
    for (const [i, value] of gradient.entries()) expect(grad?.[i]).toBeCloseTo(value, 5);
  }
  await expect(whole.run({ x: rows }, labels.subarray(2))).rejects.toThrow(
    new RangeError(
      'FineTuning.run: "x" must be float32 [3, 3] = Float32Array of 9 elements, got Float32Array of 12',
    ),
  );
  await whole.close();
  await alone.close();
});

test("freeze holds the running statistics, in training and in the file", async () => {
  const bytes = normalized(4);
  const saved = async (options: FineTuningOptions) => {
    const net = await createFineTuning(engine, bytes, { batchNorm: "train", ...options });
    await net.run({ x: rows }, labels);
    const { initializers } = decodeModel(net.save()).graph;
    await net.close();
    return ["mean", "variance"].map((name) => Array.from(initializers.get(name)?.data ?? [], Number));
  };
  const before = [
    [0.1, 0.2, 0.3],
    [1, 2, 3],
  ].map((values) => [...Float32Array.from(values)]);
  expect(await saved({ freeze: ["mean"] })).toEqual(before);
  expect(await saved({ freeze: ["scale", "bias"] })).toEqual(before);
  expect(await saved({ train: ["w"] })).toEqual(before);
  // Half of the old mean and half of that of the first column, (1 - 1 + 0.25 + 3) / 4.
  expect((await saved({}))[0]?.[0]).toBeCloseTo(0.05 + 0.5 * 0.8125, 6);
});

test("leaves the running statistics as they are where the loss is not finite", async () => {
  const net2 = await createFineTuning(engine, normalized(4), { batchNorm: "train" });
  net2.parameters.find(({ name }) => name === "w")?.data.fill(Number.NaN);
  await expect(net2.run({ x: rows }, labels)).rejects.toThrow("loss must be finite");
  expect(decodeModel(net2.save()).graph.initializers.get("variance")?.data).toEqual(Float32Array.of(1, 2, 3));
  await net2.close();
});

test("says what is trained and what is not", () => {
  expect(net.parameters.map(({ name, shape, slots }) => [name, shape, slots])).toEqual([
    ["embedding", [3, 2], ['Gather "Gather_0": data']],
    ["w", [2, 2], ['MatMul "MatMul_0": weight']],
    ["scale", [1], ['Mul "Mul_1": input 1']],
  ]);
  expect([net.fixed, net.summary]).toEqual([[], "3 tensors with 11 elements are trained"]);
});

test.each<[string, object, Error]>([
  [
    "an unknown option",
    { thread: 2 },
    new RangeError(
      'createFineTuning: option must be one of inputs, batchSize, logits, loss, freeze, train, batchNorm, classes, seed, externalData, threads, got "thread"; did you mean "threads"?',
    ),
  ],
  ["no threads", { threads: 0 }, new RangeError("createFineTuning: threads must be an integer >= 1, got 0")],
  [
    "threads in a text",
    { threads: "2" },
    new TypeError('createFineTuning: threads must be an integer >= 1, got "2"'),
  ],
  [
    "another mode",
    { batchNorm: "eval" },
    new RangeError('trainable: batchNorm must be one of frozen, train, got "eval"'),
  ],
])("refuses %s", async (_, options, error) => {
  await expect(createFineTuning(engine, model(1), options as FineTuningOptions)).rejects.toThrow(error);
});
