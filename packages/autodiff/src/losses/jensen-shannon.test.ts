import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../graph/builder.ts";
import { compile } from "../run-graph.fixture.ts";
import { jsdCrossEntropy } from "./jensen-shannon.ts";

/** Printed by timm; see `jsd.py` there. */
const file = new URL("../../../../test/golden/timm-options/jsd.json", import.meta.url);
const cases: readonly {
  readonly splits: number;
  readonly classes: number;
  readonly smoothing: number;
  readonly logits: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly loss: number;
  readonly gradient: readonly (readonly number[])[];
}[] = JSON.parse(await readFile(file, "utf8"));

describe.each(cases)("$splits splits of $classes classes, smoothing $smoothing", (golden) => {
  const { splits: numSplits, classes, smoothing, labels } = golden;

  test("gives timm's loss and gradient", async () => {
    const builder = new GraphBuilder("loss");
    const size = [labels.length, classes];
    const [z, q] = [builder.input("z", "float32", size), builder.input("q", "float32", size)];
    const { loss, gradient } = jsdCrossEntropy({ numSplits }).build(builder, z, q);
    builder.output(loss, "loss");
    if (gradient) builder.output(gradient, "dz");
    const targets = labels.flatMap((label) =>
      Array.from({ length: classes }, (_, c) => smoothing / classes + (c === label ? 1 - smoothing : 0)),
    );
    const inputs = { z: Float32Array.from(golden.logits.flat()), q: Float32Array.from(targets) };
    const actual = await (await compile(builder.build()))(inputs);
    expect((actual.loss?.[0] ?? Number.NaN) / golden.loss).toBeCloseTo(1, 5);
    const errors = golden.gradient.flat().map((value, i) => Math.abs(value - (actual.dz?.[i] ?? Number.NaN)));
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });
});

test.each([
  [{ numSplits: 1 }, "jsdCrossEntropy: numSplits must be an integer >= 2, got 1"],
  [{ alpha: -1 }, "jsdCrossEntropy: alpha must be a finite number >= 0, got -1"],
  [{ splits: 3 }, 'jsdCrossEntropy: option must be one of numSplits, alpha, got "splits"'],
])("refuses %j", (options, message) => {
  expect(() => jsdCrossEntropy(options as object)).toThrow(message);
});

test("refuses a batch that has no equal parts", () => {
  const builder = new GraphBuilder("loss");
  const z = builder.input("z", "float32", [4, 2]);
  expect(() => jsdCrossEntropy().build(builder, z, z)).toThrow(
    "jsdCrossEntropy: logits must have a multiple of 3 rows, got 4; numSplits says how many images of a sample there are",
  );
});
