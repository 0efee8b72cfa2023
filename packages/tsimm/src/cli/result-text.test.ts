import { expect, test } from "vitest";
import { resultText } from "./result-text.ts";

const metrics = [
  { name: "loss", label: "loss", unit: "", better: "lower", panel: "loss" },
  { name: "top1", label: "top-1", unit: "%", better: "higher", panel: "accuracy (%)" },
] as const;

const epochs = [
  { epoch: 0, train: { loss: 1.5 }, validation: { loss: 1.25, top1: 50, top5: 100 } },
  { epoch: 2, train: { loss: 0.75 }, validation: { loss: 0.5, top1: 86.25, top5: 100 } },
];

test("programs get timm's --result with all epochs as JSON", () => {
  const text = resultText({ epochs, metrics }, false);
  expect(text.startsWith("--result\n[\n    {\n")).toBe(true);
  expect(JSON.parse(text.slice("--result\n".length))).toEqual(epochs);
  expect(resultText({ epochs: [], metrics }, false)).toBe("--result\n[]\n");
});

test("a terminal gets one line about the best epoch", () => {
  expect(resultText({ epochs, metrics }, true)).toBe(
    "Best epoch: 2, top-1 86.25 %, validation loss 0.500, training loss 0.750\n",
  );
  expect(resultText({ epochs: [{ epoch: 4, train: { loss: 12.34 } }], metrics }, true)).toBe(
    "Best epoch: 4, training loss 12.3\n",
  );
  expect(resultText({ epochs: [], metrics }, true)).toBe("");
});
