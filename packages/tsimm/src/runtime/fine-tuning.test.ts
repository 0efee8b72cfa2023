import { encodeModel, float32, GraphBuilder, int, type TensorData } from "@tsimm/autodiff";
import { afterAll, expect, test } from "vitest";
import { createEngine } from "./create-engine.ts";
import { createFineTuning } from "./fine-tuning.ts";

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
