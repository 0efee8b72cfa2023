import fc from "fast-check";
import { expect, test } from "vitest";
import type { Parameter } from "../models/model.ts";
import { type ClipMode, clipGradients, globalNorm } from "./clip.ts";

const parameter = (shape: number[], data: number[], grad: number[] | null): Parameter => ({
  name: "p",
  shape,
  data: Float32Array.from(data),
  grad: grad && Float32Array.from(grad),
});
const vector = (grad: number[]) => parameter([grad.length], grad, grad);

test("the norm is that of all gradients, parameters without one left out", () => {
  const params = [vector([3]), parameter([1], [9], null), vector([0, 4])];
  expect(globalNorm(params)).toBe(5);
  expect(clipGradients(params, { clipGrad: 2.5 })).toBe(5);
  expect(params.map(({ grad }) => grad && Array.from(grad, (g) => Math.round(g * 1e4) / 1e4))).toEqual([
    [1.5],
    null,
    [0, 2],
  ]);
});

test("after clipping by norm the norm is at most the limit, and small gradients stay bit for bit", () => {
  const numbers = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(numbers, fc.double({ min: 1e-3, max: 100, noNaN: true }), (values, clipGrad) => {
      const params = [vector(values)];
      const norm = clipGradients(params, { clipGrad });
      expect(globalNorm(params)).toBeLessThanOrEqual(clipGrad * (1 + 1e-6));
      if (norm + 1e-6 <= clipGrad) expect(params[0]?.grad).toEqual(Float32Array.from(values));
    }),
  );
});

test("agc compares each row of a weight with its gradient and leaves the last two tensors alone", () => {
  const weight = parameter([2, 2], [3, 4, 30, 40], [6, 8, 6, 8]);
  const last = [vector([100]), vector([100])];
  clipGradients([weight, ...last], { clipGrad: 0.5, clipMode: "agc" });
  expect(weight.grad).toEqual(Float32Array.of(1.5, 2, 6, 8));
  expect(last.map(({ grad }) => grad)).toEqual([Float32Array.of(100), Float32Array.of(100)]);
});

test("a gradient that is not finite is seen in the norm", () => {
  expect(clipGradients([vector([1, Number.NaN])], { clipGrad: 1 })).toBeNaN();
  expect(clipGradients([vector([1, Number.POSITIVE_INFINITY])], { clipGrad: 1 })).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test.each([
  [{ clipGrad: 0 }, "clipGrad must be a number > 0, got 0"],
  [{ clipGrad: Number.NaN }, "clipGrad must be a number > 0, got NaN"],
  [
    { clipGrad: 1, clipMode: "nrom" as ClipMode },
    'clipMode must be one of norm, value, agc, got "nrom"; did you mean "norm"?',
  ],
])("refuses %j", (options, message) => {
  expect(() => clipGradients([], options)).toThrow(new RangeError(`clipGradients: ${message}`));
});
