/** Projection of steps, by the cases that no golden trajectory reaches. */
import { describe, expect, test } from "vitest";
import type { Parameter } from "../models/model.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { createOptimizerV2 } from "./create-optimizer.ts";
import { graphSteps } from "./graph-steps.fixture.ts";
import { project } from "./projection.ts";

const options = { delta: 0.1, wdRatio: 0.1, eps: 1e-8, caution: false };
const row = (shape: number[]) => ({ shape, data: Float32Array.of(3, 0, 0, 4) });

describe("a step", () => {
  test.each([
    ["whose gradient is across the weights loses its part along them", [1, 4], [0, 1, 0, 0], true],
    ["whose gradient is along the weights stays", [1, 4], [3, 0, 0, 4], false],
    ["of a vector stays", [4], [0, 1, 0, 0], false],
    ["of a tensor without gradients is projected, as in timm", [1, 4], [0, 0, 0, 0], true],
  ])("%s", (_, shape, grad, isProjected) => {
    const step = Float32Array.of(1, 1, 1, 1);
    expect(project(step, row(shape), Float32Array.from(grad), options)).toBe(isProjected);
    // (1, 1, 1, 1) · (3, 0, 0, 4) / 25 = 7 / 25.
    const expected = isProjected ? [1 - (3 * 7) / 25, 1, 1, 1 - (4 * 7) / 25] : [1, 1, 1, 1];
    for (const [i, value] of expected.entries()) expect(step[i]).toBeCloseTo(value, 6);
  });

  test("is projected by channels where each is across, and only as a whole where one is not", () => {
    // The gradient of the first row is along its weights, that of the second against: together they are across.
    const parameter = { shape: [2, 2], data: Float32Array.of(1, 1, 1, 1) };
    const grad = Float32Array.of(1, 1, -1, -1);
    const step = Float32Array.of(2, 0, 0, 0);
    expect(project(step, parameter, grad, options)).toBe(true);
    expect(Array.from(step, (value) => Math.round(value * 1e6) / 1e6)).toEqual([1.5, -0.5, -0.5, -0.5]);
    const across = Float32Array.of(1, -1, -1, 1);
    const other = Float32Array.of(2, 0, 0, 0);
    expect(project(other, parameter, across, options)).toBe(true);
    expect(Array.from(other, (value) => Math.round(value * 1e6) / 1e6)).toEqual([1, -1, 0, 0]);
  });
});

test("weights and gradients of zeros stay numbers, on a device too", async () => {
  const engine = await createEngine("native");
  for (const opt of ["adamp", "csgdp"]) {
    const tensors = () =>
      [
        { name: "zeros", data: [0, 0, 0, 0], grad: [0, 0, 0, 0] },
        { name: "new", data: [0, 0, 0, 0], grad: [1, 2, -1, 0.5] },
        { name: "still", data: [1, 2, 3, 4], grad: [0, 0, 0, 0] },
      ].map(
        ({ name, data, grad }): Parameter => ({
          ...{ name, shape: [2, 2] },
          data: Float32Array.from(data),
          grad: Float32Array.from(grad),
        }),
      );
    const [byLoop, byGraph] = [tensors(), tensors()];
    const loop = createOptimizerV2(byLoop, { opt, lr: 0.1, weightDecay: 0.1 });
    const graph = await graphSteps(engine, createOptimizerV2(byGraph, { opt, lr: 0.1, weightDecay: 0.1 }));
    for (let step = 0; step < 3; step++) {
      loop.step();
      await graph.step();
    }
    await graph.close();
    for (const [k, { data }] of byLoop.entries()) {
      for (const [i, value] of data.entries()) expect(byGraph[k]?.data[i]).toBeCloseTo(value, 6);
    }
    expect(byLoop.flatMap(({ data }) => [...data]).every(Number.isFinite)).toBe(true);
    expect(byLoop[0]?.data).toEqual(new Float32Array(4));
  }
});
