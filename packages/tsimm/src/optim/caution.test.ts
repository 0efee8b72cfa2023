import { arithmetic, encodeModel, float32, GraphBuilder } from "@tsimm/autodiff";
import { expect, test } from "vitest";
import { createEngine } from "../runtime/create-engine.ts";
import { cautious, cautiousNodes } from "./caution.ts";
import { vectorGraph } from "./vector-graph.ts";
import { packVector, unpackVector, vectorLayout } from "./vector-layout.ts";

/** Steps and gradients of tensors, and the steps after it. */
const tensors: readonly (readonly [step: number[], grad: number[], expected: number[]])[] = [
  [
    [1, -2, 3, 4],
    [1, 2, 0.5, -1],
    [2, 0, 6, 0],
  ],
  [
    [1, 2],
    [0.5, 3],
    [1, 2],
  ],
  [
    [0, 0, 5],
    [1, 0, 0],
    [0, 0, 0],
  ],
  [[-8], [-1e-9], [-8]],
];

test("leaves out what goes against the gradient, and scales the rest by the share that is left", () => {
  for (const [step, grad, expected] of tensors) {
    const room = Float32Array.of(...step, 7);
    cautious(room, Float32Array.from(grad));
    expect(room).toEqual(Float32Array.of(...expected, 7));
  }
});

test("scales a rest below a thousandth as a thousandth", () => {
  const step = new Float32Array(4000).fill(-1);
  const grad = new Float32Array(4000).fill(1);
  step[9] = 2;
  cautious(step, grad);
  expect([step[8], step[9]]).toEqual([0, 2000]);
});

test("does the same as nodes, tensor by tensor", async () => {
  const layout = vectorLayout(tensors.map(([step], i) => ({ name: `p${i}`, shape: [step.length] })));
  const builder = new GraphBuilder("caution");
  const [step, grad] = [
    builder.input("step", "float32", layout.shape),
    builder.input("grad", "float32", layout.shape),
  ];
  const context = { builder, math: arithmetic(builder), grad, vectors: vectorGraph(builder, layout) };
  builder.output(cautiousNodes(context, step), "cautious");
  const session = await (await createEngine("native")).load(encodeModel(builder.build()));
  const pack = (column: 0 | 1) =>
    float32(
      layout.shape,
      packVector(
        layout,
        tensors.map((tensor) => Float32Array.from(tensor[column])),
      ),
    );
  const { cautious } = await session.run({ step: pack(0), grad: pack(1) });
  await session.close();
  const moved = tensors.map(([step]) => new Float32Array(step.length));
  if (!(cautious?.data instanceof Float32Array)) throw new TypeError("the output is missing");
  unpackVector(layout, cautious.data, moved);
  expect(moved.map((array) => Array.from(array))).toEqual(tensors.map(([, , expected]) => expected));
});
