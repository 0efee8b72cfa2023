import { expect, test } from "vitest";
import { fixed3, scientific, significant, testLine, trainLine } from "./log-format.ts";

test.each([
  [1.4801, "1.48"],
  [0.834, "0.834"],
  [12.34, "12.3"],
  [123.4, "123."],
  [999.9, "1.00e+03"],
  [1234, "1.23e+03"],
  [0.00012, "0.000120"],
  [0.00001234, "1.23e-05"],
  [-0.5, "-0.500"],
  [0, "0.00"],
  [Number.NaN, "nan"],
  [Number.POSITIVE_INFINITY, "inf"],
])("prints %f with three significant digits as C does: %s", (value, text) => {
  expect(significant(value)).toBe(text);
});

test.each([
  [0.05, "5.000e-02"],
  [1e-5, "1.000e-05"],
  [12.3456, "1.235e+01"],
  [0, "0.000e+00"],
])("prints the rate %f as %s", (value, text) => {
  expect(scientific(value)).toBe(text);
});

test("pads fixed numbers on the left", () => {
  expect(fixed3(0.1044, 7)).toBe("  0.104");
});

test("prints timm's line of an update", () => {
  const line = trainLine({
    ...{ epoch: 0, index: 2, updates: 7, loss: 1.38, meanLoss: 1.41, images: 8, meanImages: 8 },
    ...{ time: 0.05037, meanTime: 0.13302, lr: 0.05, data: 0.014, meanData: 0.065 },
  });
  expect(line).toBe(
    "Train: 0 [   2/7 ( 43%)]  Loss: 1.38 (1.41)  Time: 0.050s,  158.82/s  (0.133s,   60.14/s)  LR: 5.000e-02  Data: 0.014 (0.065)",
  );
});

test("prints timm's line of an evaluation batch", () => {
  const line = testLine({
    ...{ name: "Test", index: 2, lastIndex: 2, time: { value: 0.002, mean: 0.013 } },
    ...{
      loss: { value: 0.104, mean: 0.472 },
      meters: [
        { label: "Acc@1", value: 100, mean: 80 },
        { label: "Acc@5", value: 100, mean: 100 },
      ],
    },
  });
  expect(line).toBe(
    "Test: [   2/2]  Time: 0.002 (0.013)  Loss:   0.104 ( 0.472)  Acc@1: 100.000 ( 80.000)  Acc@5: 100.000 (100.000)",
  );
});
