import { encodeModel, float32, GraphBuilder, type Tensor } from "@tsimm/autodiff";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openSoftwareGpu } from "../../../../test/software-gpu.fixture.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { scalarInputs, vectorGraph } from "./vector-graph.ts";
import { packVector, unpackVector, vectorLayout } from "./vector-layout.ts";

const engine = await createEngine("native");
const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const floats = (value: Tensor | undefined) => {
  if (value?.data instanceof Float32Array) return value.data;
  throw new TypeError("an output is missing");
};

/** A graph of all operations over tensors of some shapes, and what it has to give for the numbers 1, 2, 3, … */
function operations(shapes: readonly (readonly number[])[]) {
  const layout = vectorLayout(shapes.map((shape, i) => ({ name: `p${i}`, shape })));
  let last = 0;
  const tensors = shapes.map((shape) => Float32Array.from({ length: count(shape) }, () => ++last % 31));
  const builder = new GraphBuilder("operations");
  const vectors = vectorGraph(builder, layout);
  const vector = builder.input("vector", "float32", layout.shape);
  const sums = vectors.sumSquares(vector);
  const pieces = vectors.split(vector);
  builder.output(sums, "sums");
  builder.output(builder.op("Mul", [vector, vectors.spread(sums)]), "scaled");
  builder.output(vectors.join(pieces.map((piece) => builder.op("Neg", [piece]))), "negative");
  const squares = tensors.map((tensor) => tensor.reduce((sum, value) => sum + value * value, 0));
  const scaled = tensors.map((tensor, i) => tensor.map((value) => value * (squares[i] ?? 0)));
  return {
    ...{ layout, tensors, shapes: pieces.map(({ shape }) => shape), model: encodeModel(builder.build()) },
    feeds: { vector: float32(layout.shape, packVector(layout, tensors)) },
    expected: {
      negative: packVector(
        layout,
        tensors.map((tensor) => tensor.map((value) => -value)),
      ),
      scaled: packVector(layout, scaled),
      sums: Float32Array.from(squares),
    },
  };
}

const shapes = fc.array(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 70,
});

test("tensors keep their shapes and elements, sums and factors are theirs", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (given) => {
      const { shapes, model, feeds, expected } = operations(given);
      expect(shapes).toEqual(given);
      const session = await engine.load(model);
      const { sums, scaled, negative } = await session.run(feeds);
      await session.close();
      expect(floats(sums)).toEqual(expected.sums);
      expect(floats(scaled)).toEqual(expected.scaled);
      // The zeros behind a tensor are not read.
      expect(floats(negative).map((value) => value + 0)).toEqual(expected.negative.map((value) => value + 0));
    }),
    { numRuns: 30 },
  );
});

test("62 tensors are split and joined on WebGPU, no node on the CPU", async () => {
  const given = Array.from({ length: 62 }, (_, i) => [1 + (i % 7), 1 + ((i * i) % 23)]);
  const { model, feeds, expected } = operations(given);
  const gpu = await openSoftwareGpu();
  const outputs = await gpu.run(model, feeds).finally(gpu.close);
  expect(floats(outputs["sums"])).toEqual(expected.sums);
  expect(floats(outputs["scaled"])).toEqual(expected.scaled);
  expect(floats(outputs["negative"]).map((value) => value + 0)).toEqual(
    expected.negative.map((value) => value + 0),
  );
});

test("a Split has 7 outputs at most, and large tensors are copied once", () => {
  const builder = new GraphBuilder("split");
  const sizes = [4096, ...Array<number>(60).fill(16), 8192];
  const layout = vectorLayout(sizes.map((size, i) => ({ name: `p${i}`, shape: [size] })));
  const vector = builder.input("vector", "float32", layout.shape);
  const pieces = vectorGraph(builder, layout).split(vector);
  const splits = builder.nodes.filter(({ op }) => op === "Split");
  expect(splits.length).toBe(11);
  expect(Math.max(...splits.map(({ outputs }) => outputs.length))).toBe(7);
  const [root] = splits;
  expect(root?.outputs).toEqual(expect.arrayContaining([pieces[0]?.name, pieces.at(-1)?.name]));
});

test("scalars come as one vector", async () => {
  const builder = new GraphBuilder("scalars");
  const names = Array.from({ length: 20 }, (_, i) => `s${i}`);
  const scalars = scalarInputs(builder, "scalars", names);
  for (const name of names) builder.output(scalars[name] ?? builder.value(""), name);
  const session = await engine.load(encodeModel(builder.build()));
  const outputs = await session.run({ scalars: float32([20], [...names.keys()]) });
  await session.close();
  expect(outputs["s0"]?.shape).toEqual([]);
  expect(names.map((name) => floats(outputs[name])[0])).toEqual([...names.keys()]);
});

test.each([
  [
    [[5], [16], [17]],
    [4, 16],
    [0, 1, 2],
  ],
  [
    [[8192 * 32 - 1], [1]],
    [8193, 32],
    [0, 8192],
  ],
  [
    [[4_000_000], [8_000_000]],
    [11720, 1024],
    [0, 3907],
  ],
])("tensors %j lie in rows %j from row %j on", (given, shape, first) => {
  const layout = vectorLayout(given.map((shape, i) => ({ name: `p${i}`, shape })));
  expect(layout.shape).toEqual(shape);
  expect(layout.rows.map((place) => place.first)).toEqual(first);
});

test("a packed vector is unpacked, and other lengths are refused", () => {
  const { layout, tensors } = operations([[3, 7], [], [40]]);
  const copies = tensors.map(({ length }) => new Float32Array(length));
  unpackVector(layout, packVector(layout, tensors), copies);
  expect(copies).toEqual(tensors);
  expect(() => packVector(layout, [new Float32Array(21), new Float32Array(2)])).toThrow(
    new RangeError("packVector: p1 must have 1 elements, got 2"),
  );
  expect(() => unpackVector(layout, packVector(layout, tensors), tensors.slice(0, 2))).toThrow(
    new RangeError("unpackVector: p2 must have 40 elements, got none"),
  );
});
