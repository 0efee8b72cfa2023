import { describe, expect, test } from "vitest";
import { goldenBits, goldenNumbers, readGolden } from "../golden.fixture.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { compile } from "../run-graph.fixture.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import type { Loss } from "./loss.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

const golden = readGolden("ops.json") as {
  salt: number;
  ops: Readonly<Record<string, { loss: number; d_z: number[] }>>;
};
const [batch, classes] = [5, 7];
const logits = goldenNumbers(golden.salt, "loss.z", batch * classes, 4 * 2 ** -16);
const labelBits = goldenBits(golden.salt, "loss.target");
const labels = Array.from({ length: batch }, (_, index) => labelBits(index) % classes);
const soft = goldenNumbers(golden.salt, "loss.soft", batch * classes, 3 * 2 ** -16);

const hardTarget = smoothTarget(0);
const softTarget = Array.from(soft, (value, index) => {
  const row = Math.floor(index / classes) * classes;
  const total = soft.slice(row, row + classes).reduce((sum, other) => sum + Math.exp(other), 0);
  return Math.exp(value) / total;
});

function smoothTarget(smoothing: number): number[] {
  return labels.flatMap((label) =>
    Array.from({ length: classes }, (_, at) => smoothing / classes + (at === label ? 1 - smoothing : 0)),
  );
}

const rows: readonly [string, Loss, readonly number[]][] = [
  ["loss:ce", softmaxCrossEntropy(), hardTarget],
  ["loss:ce_smooth_0.1", softmaxCrossEntropy(), smoothTarget(0.1)],
  ['loss:soft_ce(softmax(3*T("loss.soft")))', softmaxCrossEntropy(), softTarget],
  ["loss:bce_smooth_0.1", binaryCrossEntropy(), smoothTarget(0.1)],
  ["loss:bce_sum_smooth_0.1", binaryCrossEntropy({ sumClasses: true }), smoothTarget(0.1)],
  ["loss:bce_thresh_0.2_soft", binaryCrossEntropy(), softTarget.map((q) => (q > 0.2 ? 1 : 0))],
  // Smoothed by 0.1, the default of timm's class.
  ["loss:bce_posw_2", binaryCrossEntropy({ posWeight: 2 }), smoothTarget(0.1)],
];

test("covers every loss of the golden file", () => {
  const names = Object.keys(golden.ops).filter((name) => name.startsWith("loss:"));
  expect(rows.map(([name]) => name)).toEqual(names);
});

describe.each(rows)("%s", (name, loss, target) => {
  test("gives PyTorch's loss and gradient", async () => {
    const expected = golden.ops[name];
    if (!expected) throw new Error(`no golden numbers for ${name}`);
    const builder = new GraphBuilder("loss");
    const [z, q] = ["z", "q"].map((input) => builder.input(input, "float32", [batch, classes]));
    if (!z || !q) throw new Error("unreachable");
    const result = loss.build(builder, z, q);
    builder.output(result.loss, "loss");
    if (result.gradient) builder.output(result.gradient, "d_z");
    const actual = await (await compile(builder.build()))({ z: logits, q: target });
    expect(actual.loss?.[0]).toBeCloseTo(expected.loss, 5);
    expect(actual.d_z).toHaveLength(expected.d_z.length);
    for (const [index, value] of expected.d_z.entries()) {
      expect(actual.d_z?.[index]).toBeCloseTo(value, 5);
    }
  });
});
