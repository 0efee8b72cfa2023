/** Losses of regression: PyTorch's values, worked out by hand, and numeric differentiation. */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../graph/builder.ts";
import { compile } from "../run-graph.fixture.ts";
import { type LossName, losses } from "./index.ts";

/** A loss over [2, 3] elements. */
async function compiled(name: LossName) {
  const builder = new GraphBuilder("loss");
  const z = builder.input("z", "float32", [2, 3]);
  const q = builder.input("q", "float32", [2, 3]);
  const { loss, gradient } = losses[name].build(builder, z, q);
  builder.output(loss, "loss");
  if (gradient) builder.output(gradient, "d_z");
  return compile(builder.build());
}

const z = [1, 0, -3, 0.5, 2, -0.25];
const q = [0, 0, 1, 1, 4, -0.75];
// Differences: 1, 0, -4, -0.5, -2, 0.5.
describe.each<[LossName, number, readonly number[]]>([
  // (1 + 0 + 16 + 0.25 + 4 + 0.25) / 6; 2 d / 6.
  ["mse", 21.5 / 6, [1 / 3, 0, -4 / 3, -1 / 6, -2 / 3, 1 / 6]],
  // (1 + 0 + 4 + 0.5 + 2 + 0.5) / 6; sign(d) / 6.
  ["l1", 8 / 6, [1 / 6, 0, -1 / 6, -1 / 6, -1 / 6, 1 / 6]],
  // (0.5 + 0 + 3.5 + 0.125 + 1.5 + 0.125) / 6; d limited to [-1, 1], / 6.
  ["huber", 5.75 / 6, [1 / 6, 0, -1 / 6, -0.5 / 6, -1 / 6, 0.5 / 6]],
])("%s", (name, expected, gradient) => {
  test("gives the mean over all elements and its gradient, as PyTorch does", async () => {
    const { loss, d_z } = await (await compiled(name))({ z, q });
    expect(loss?.[0]).toBeCloseTo(expected, 6);
    for (const [index, value] of gradient.entries()) expect(d_z?.[index]).toBeCloseTo(value, 6);
  });

  test("agrees with numeric differentiation away from its kinks", async () => {
    const run = await compiled(name);
    const at = [0.3, -1.7, 2.2, 0.4, -0.6, 3.1];
    const { d_z } = await run({ z: at, q });
    for (const index of at.keys()) {
      const moved = async (distance: number) =>
        (await run({ z: at.map((value, other) => value + (other === index ? distance : 0)), q })).loss?.[0] ??
        Number.NaN;
      const numeric = ((await moved(0.03125)) - (await moved(-0.03125))) / 0.0625;
      expect(Math.abs((d_z?.[index] ?? Number.NaN) - numeric)).toBeLessThan(1e-4);
    }
  });
});
