/** What layers compute, against the formulas in their comments, on an engine. */
import { encodeModel, GraphBuilder, type Tensor, type Value } from "@tsimm/autodiff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyedRandom } from "../../random/keyed-random.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import { gelu, geluTanh, hardSigmoid, hardSwish, relu, relu6, sigmoid, silu } from "./activation.ts";
import { conv } from "./convolution.ts";
import { dropout, dropPath, dropPathRates } from "./dropout.ts";
import { Layers } from "./layers.ts";
import { linear } from "./linear.ts";
import { layerNorm, layerNorm2d } from "./normalization.ts";

const engine = await createEngine("native");

/** Runs layers on x; parameters have their initial values, other inputs come from `feeds`. */
async function run(
  build: (layers: Layers, x: Value) => Value,
  shape: readonly number[],
  x: ArrayLike<number>,
  feeds: Readonly<Record<string, Tensor>> = {},
): Promise<number[]> {
  const builder = new GraphBuilder("layers");
  const layers = new Layers(builder, true);
  builder.output(build(layers, builder.input("x", "float32", shape)), "y");
  const session = await engine.load(encodeModel(builder.build()));
  const all: Record<string, Tensor> = {
    x: { dtype: "float32", shape, data: Float32Array.from(x) },
    ...feeds,
  };
  for (const { name, shape, initialize } of layers.declarations.parameters) {
    all[name] = { dtype: "float32", shape, data: initialize(shape, keyedRandom(1, "init", name)) };
  }
  const { y } = await session.run(all);
  await session.close();
  return Array.from(y?.data ?? [], Number);
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const errors = actual.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)));
  expect(Math.max(...errors)).toBeLessThan(tolerance);
}

const points = Array.from({ length: 81 }, (_, i) => (i - 40) / 5);
const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

/** Abramowitz and Stegun 7.1.26, to 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - polynomial * Math.exp(-x * x));
}

test.each<[string, typeof relu, (x: number) => number]>([
  ["relu", relu, (x) => Math.max(x, 0)],
  ["relu6", relu6, (x) => clamp(x, 0, 6)],
  ["sigmoid", sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  ["silu", silu, (x) => x / (1 + Math.exp(-x))],
  ["gelu", gelu, (x) => (x * (1 + erf(x / Math.SQRT2))) / 2],
  ["geluTanh", geluTanh, (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
  ["hardSigmoid", hardSigmoid, (x) => clamp(x / 6 + 0.5, 0, 1)],
  ["hardSwish", hardSwish, (x) => x * clamp(x / 6 + 0.5, 0, 1)],
])("%s follows its formula", async (_, activation, formula) => {
  expectClose(await run(activation, [points.length], points), points.map(formula));
});

const map = Array.from({ length: 2 * 3 * 2 * 2 }, (_, i) => Math.sin(i));

test("layerNorm normalises the last axis, layerNorm2d the channels of each pixel", async () => {
  const normalised = (group: number[], value: number) => {
    const mean = group.reduce((sum, x) => sum + x, 0) / group.length;
    const variance = group.reduce((sum, x) => sum + (x - mean) ** 2, 0) / group.length;
    return (value - mean) / Math.sqrt(variance + 1e-6);
  };
  const rows = map.map((value, i) => normalised(map.slice(i - (i % 4), i - (i % 4) + 4), value));
  expectClose(await run((layers, x) => layerNorm(layers, "norm", x), [6, 4], map), rows);
  const pixels = map.map((value, i) => {
    const [image, pixel] = [Math.floor(i / 12), i % 4];
    return normalised(
      [0, 1, 2].map((channel) => map[image * 12 + channel * 4 + pixel] ?? Number.NaN),
      value,
    );
  });
  expectClose(await run((layers, x) => layerNorm2d(layers, "norm", x), [2, 3, 2, 2], map), pixels);
});

test("a linear layer works on the last axis, whatever stands before it", async () => {
  const options = { features: 5 };
  const flat = await run((layers, x) => linear(layers, "fc", x, options), [8, 3], map);
  expectClose(await run((layers, x) => linear(layers, "fc", x, options), [2, 2, 2, 3], map), flat, 1e-6);
  const asConv = await run((layers, x) => linear(layers, "fc", x, { ...options, asConv: true }), [8, 3], map);
  expectClose(asConv, flat, 1e-6);
});

test("a convolution takes padding and a bias", async () => {
  const one = { initialize: () => new Float32Array(3).fill(1), initializeBias: () => Float32Array.of(7) };
  const y = await run(
    (layers, x) => conv(layers, "conv", x, { channels: 1, kernel: 1, padding: 1, bias: true, ...one }),
    [2, 3, 2, 2],
    map,
  );
  const sums = Array.from({ length: 2 }, (_, image) =>
    Array.from({ length: 16 }, (_, at) => {
      const [row, column] = [Math.floor(at / 4) - 1, (at % 4) - 1];
      if (clamp(row, 0, 1) !== row || clamp(column, 0, 1) !== column) return 7;
      return [0, 1, 2].reduce(
        (sum, channel) => sum + (map[image * 12 + channel * 4 + 2 * row + column] ?? 0),
        7,
      );
    }),
  );
  expectClose(y, sums.flat());
});

describe("masks", () => {
  const mask = (shape: readonly number[], values: readonly number[]): Record<string, Tensor> => ({
    "drop.mask": { dtype: "float32", shape, data: Float32Array.from(values) },
  });

  test("dropout has one element per element, drop path one per image", async () => {
    const each = map.map((_, i) => (i % 3 === 0 ? 0 : 1.5));
    const dropped = await run(
      (layers, x) => dropout(layers, "drop", x, 1 / 3),
      [6, 4],
      map,
      mask([6, 4], each),
    );
    expectClose(
      dropped,
      map.map((value, i) => value * (each[i] ?? 0)),
      1e-6,
    );
    const whole = await run(
      (layers, x) => dropPath(layers, "drop", x, 0.5),
      [2, 3, 2, 2],
      map,
      mask([2, 1, 1, 1], [0, 2]),
    );
    expectClose(
      whole,
      map.map((value, i) => (i < 12 ? 0 : 2 * value)),
      1e-6,
    );
  });

  test.each([
    [false, 0.5],
    [true, 0],
  ])("in training %s at rate %d there is none", (training, rate) => {
    const builder = new GraphBuilder("layers");
    const layers = new Layers(builder, training);
    const x = builder.input("x", "float32", [2, 3]);
    expect(dropout(layers, "drop", x, rate)).toBe(x);
    expect(dropPath(layers, "path", x, rate)).toBe(x);
    expect(layers.declarations.masks).toEqual([]);
  });

  test("rates rise in equal steps from 0 to the last block's", () => {
    expect(dropPathRates(0.3, [1, 3])).toEqual([0, 0.1, 0.2, 0.3].map((rate) => expect.closeTo(rate, 12)));
    expect(dropPathRates(0.3, [1])).toEqual([0]);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.integer({ min: 2, max: 50 }),
        (rate, n) => {
          const rates = dropPathRates(rate, [n]);
          expect([rates.length, rates[0], rates.at(-1)]).toEqual([n, 0, rate]);
          expect(rates.toSorted((a, b) => a - b)).toEqual(rates);
        },
      ),
    );
  });
});
