import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Parameter } from "../models/model.ts";
import { createModel } from "../models/registry.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { createOptimizer, createOptimizerV2 } from "./create-optimizer.ts";
import { coefficientsOf } from "./muon-coefficients.ts";
import { isForMuon, muonMatrices } from "./muon-matrix.ts";
import { optimizerDefinitions } from "./optimizers.ts";
import { orthogonalize } from "./orthogonalize.ts";

const normal = (key: string, count: number) => {
  const random = keyedRandom(1, "init", key);
  return Float32Array.from({ length: count }, () => random.normal());
};

describe("orthogonalize", () => {
  /** The product of a matrix [rows, columns] with itself over its longer side, row by row. */
  function gram(values: Float32Array, rows: number, columns: number): number[] {
    const at = (i: number, j: number) => values[i * columns + j] ?? Number.NaN;
    const [side, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const entry = (i: number, j: number, k: number) =>
      rows <= columns ? at(i, k) * at(j, k) : at(k, i) * at(k, j);
    return Array.from({ length: side * side }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < length; k++) sum += entry(Math.floor(at / side), at % side, k);
      return sum;
    });
  }

  test.each([
    [5, 9],
    [9, 5],
    [64, 64],
    [7, 2100],
    [1030, 6],
  ])("rows or columns of a matrix [%i, %i] become orthogonal and of length 1", (rows, columns) => {
    const values = normal(`${rows}`, rows * columns);
    const matrices = muonMatrices([rows, columns], "flatten");
    orthogonalize(values, matrices, coefficientsOf("polar_express", 14), (norm) => 1 / norm);
    const side = Math.min(rows, columns);
    for (const [at, value] of gram(values, rows, columns).entries()) {
      expect(value).toBeCloseTo(Math.floor(at / side) === at % side ? 1 : 0, 4);
    }
  });

  test("is what the iterations say, for any matrix and coefficients", () => {
    const size = fc.integer({ min: 1, max: 9 });
    const coefficient = fc.double({ min: -2, max: 2, noNaN: true });
    const triples = fc.array(fc.tuple(coefficient, coefficient, coefficient), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(size, size, triples, fc.integer(), (rows, columns, coefficients, seed) => {
        const values = normal(`${seed}`, rows * columns);
        let x = Array.from({ length: rows }, (_, i) =>
          Array.from({ length: columns }, (_, j) => (values[i * columns + j] ?? 0) / 3),
        );
        const times = (a: number[][], b: number[][]) =>
          a.map((row) =>
            (b[0] ?? []).map((_, j) => row.reduce((sum, one, k) => sum + one * (b[k]?.[j] ?? 0), 0)),
          );
        const turned = (a: number[][]) => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? 0));
        for (const [one, cube, fifth] of coefficients) {
          const third = times(times(x, turned(x)), x);
          const last = times(times(x, turned(x)), third);
          x = x.map((row, i) =>
            row.map((value, j) => one * value + cube * (third[i]?.[j] ?? 0) + fifth * (last[i]?.[j] ?? 0)),
          );
        }
        orthogonalize(values, muonMatrices([rows, columns], "flatten"), coefficients, () => 1 / 3);
        const scale = Math.max(1, ...x.flat().map(Math.abs));
        for (const [at, value] of x.flat().entries()) {
          expect(Math.abs((values[at] ?? Number.NaN) - value)).toBeLessThan(1e-5 * scale);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("takes each place of a kernel as a matrix of its own, and leaves what follows alone", () => {
    const [rows, columns, places] = [4, 6, 3];
    const values = normal("kernel", rows * columns * places + 5);
    const before = values.slice();
    const scale = (norm: number) => 1 / norm;
    orthogonalize(
      values,
      muonMatrices([rows, columns, 1, places], "batched"),
      coefficientsOf("quintic", 5),
      scale,
    );
    expect(values.slice(-5)).toEqual(before.slice(-5));
    for (let place = 0; place < places; place++) {
      const pick = (all: Float32Array) => all.slice(0, -5).filter((_, i) => i % places === place);
      const alone = pick(before);
      orthogonalize(alone, muonMatrices([rows, columns], "flatten"), coefficientsOf("quintic", 5), scale);
      expect(pick(values)).toEqual(alone);
    }
  });

  test("a matrix of zeros stays one", () => {
    const zeros = new Float32Array(24);
    const limited = (norm: number) => 1 / Math.max(norm, 1e-7);
    orthogonalize(zeros, muonMatrices([4, 6], "flatten"), coefficientsOf("quintic", 5), limited);
    expect(zeros).toEqual(new Float32Array(24));
  });
});

// What timm's rule says of these.
test.each<[number[], boolean]>([
  [[64, 128], true],
  [[96, 3, 4, 4], true],
  [[4, 512], true],
  [[512, 4], true],
  [[4, 513], false],
  [[3, 64], false],
  [[64, 3], false],
  [[64, 3, 1, 1], false],
  [[64, 3, 7, 7], true],
  [[1, 196, 768], false],
  [[32, 1, 3, 3], false],
  [[8, 8, 1], true],
  [[2, 64, 64], false],
  [[64, 2, 2], true],
  [[1000], false],
  [[], false],
  [[1, 1], false],
])("%j is a matrix for Muon: %s", (shape, expected) => {
  expect(isForMuon(shape)).toBe(expected);
});

describe("what is left to AdamW", () => {
  const model = createModel("test_vit", { numClasses: 8 });
  const names = (options: object, fallback: boolean) =>
    createOptimizerV2(model, { opt: "muon", weightDecay: 0.1, ...options })
      .paramGroups.filter(({ useFallback }) => useFallback === fallback)
      .map(({ weightDecay, params }) => [weightDecay, params.map(({ name }) => name).join()]);

  test("is named by patterns, and stands in groups of its own behind the others", () => {
    expect(names({ fallbackList: ["head.*", "patch_embed.proj.w*"] }, true)).toEqual([
      [0, "head.bias"],
      [0.1, "patch_embed.proj.weight,head.weight"],
    ]);
    expect(names({ fallbackList: ["cls_*"] }, true)).toEqual([[0, "cls_token"]]);
    expect(names({ fallbackNoWeightDecay: true }, true)).toEqual([[0, "cls_token,pos_embed"]]);
    expect(names({ fallbackNoWeightDecay: true }, false)).toHaveLength(2);
    expect(names({ fallbackList: ["head.weight"], weightDecay: 0 }, true)).toEqual([[0, "head.weight"]]);
    expect(names({ fallbackList: null, fallbackNoWeightDecay: false }, true)).toEqual([]);
  });

  test("is kept apart in each layer too", () => {
    const optimizer = createOptimizerV2(model, {
      opt: "nmuon",
      layerDecay: 0.5,
      fallbackList: ["head.weight"],
    });
    const [group, ...others] = optimizer.paramGroups.filter(({ useFallback }) => useFallback === true);
    expect(others).toEqual([]);
    expect(group?.params.map(({ name }) => name)).toEqual(["head.weight"]);
    expect(group?.lrScale).toBe(1);
  });

  test("moves as by AdamW, with Nesterov's momentum as by NAdamW", () => {
    for (const [opt, other] of [
      ["muon", "adamw"],
      ["nadamuon", "nadamw"],
    ]) {
      const [byMuon, byAdam] = [0, 1].map(
        (): Parameter => ({
          ...{ name: "w", shape: [6, 8], data: normal("w", 48) },
          grad: null,
        }),
      );
      if (!byMuon || !byAdam) throw new Error("two parameters");
      const options = { lr: 0.1, weightDecay: 0.1, betas: [0.8, 0.9], eps: 1e-6 };
      const group = { params: [byMuon], useFallback: true };
      const muon = createOptimizerV2([group], { ...options, opt, lr: 0.2, fallbackLrScale: 0.5 });
      const adam = createOptimizerV2([byAdam], { ...options, opt: other });
      for (let step = 0; step < 3; step++) {
        for (const parameter of [byMuon, byAdam]) parameter.grad = normal(`${step}`, 48);
        muon.step();
        adam.step();
      }
      expect(byMuon.data).toEqual(byAdam.data);
    }
  });

  test.each<[object, string]>([
    [{ opt: "adamw", fallbackList: ["head.*"] }, 'option must be one of betas, eps, got "fallbackList"'],
    [{ fallbackList: "head.*" }, 'fallbackList must be a list of patterns of names or null, got "head.*"'],
    [{ fallbackNoWeightDecay: 1 }, "fallbackNoWeightDecay must be true or false, got 1"],
  ])("refuses %j", (options, message) => {
    expect(() => createOptimizerV2(model, { opt: "muon", ...options })).toThrow(
      new RangeError(`createOptimizerV2: ${message}`),
    );
  });

  test("refuses patterns of no parameter", () => {
    expect(() => createOptimizerV2(model, { opt: "muon", fallbackList: ["head"] })).toThrow(
      new RangeError(
        'paramGroupsWeightDecay: fallbackList must fit parameters such as head.bias, which "head" does not, got ["head"]; end it in .* for all of a module',
      ),
    );
  });
});

test.each<[object, string]>([
  [{ nsSteps: 0 }, "nsSteps must be an integer from 1 to 100, got 0"],
  [{ nsSteps: 2.5 }, "nsSteps must be an integer from 1 to 100, got 2.5"],
  [
    { nsCoefficients: "cubic" },
    'nsCoefficients must be one of original, quintic, polar_express, polar_express_safer, three numbers, or a list of three numbers each, got "cubic"',
  ],
  [
    { nsCoefficients: [1, 2] },
    "nsCoefficients must be one of original, quintic, polar_express, polar_express_safer, three numbers, or a list of three numbers each, got [1,2]",
  ],
  [
    { adjustLrFn: "rsqrt_in" },
    'adjustLrFn must be "match_rms_adamw", "original" or "rms_to_rms" or null, got "rsqrt_in"',
  ],
  [
    { opt: "adamuon", adjustLrFn: "original" },
    'adjustLrFn must be "match_rms_adamw", "rms_to_rms" or "rsqrt_in" or null, got "original"',
  ],
  [{ convMode: "rows" }, 'convMode must be "flatten" or "batched", got "rows"'],
  [{ safetyFactor: 0 }, "safetyFactor must be a number > 0, got 0"],
  [{ fallbackLrScale: -1 }, "fallbackLrScale must be a number >= 0, got -1"],
])("refuses %j", (options, message) => {
  expect(() => createOptimizerV2([], { opt: "muon", ...options })).toThrow(
    new RangeError(`createOptimizerV2: ${message}`),
  );
});

test("takes its options from a training script's arguments, and its momentum from --momentum", () => {
  const args = { opt: "muon", lr: null, weightDecay: 0, momentum: 0.95 };
  const optKwargs = { fallbackList: ["fc.weight"], nsSteps: 6 };
  const { paramGroups } = createOptimizer(
    { ...args, optKwargs },
    createModel("test_resnet", { numClasses: 4 }),
  );
  expect(
    paramGroups.map(({ lr, momentum, nsSteps, useFallback }) => [lr, momentum, nsSteps, useFallback]),
  ).toEqual([
    [0.02, 0.95, 6, false],
    [0.02, 0.95, 6, true],
  ]);
});

test("the four names are on a device too", () => {
  const names = optimizerDefinitions().filter(({ name, graph }) => graph && name.endsWith("muon"));
  expect(names.map(({ name }) => name)).toEqual(["adamuon", "muon", "nadamuon", "nmuon"]);
});
