import { expect, test } from "vitest";
import { UsageError } from "../usage-error.ts";
import { chooseMetric } from "./choose-metric.ts";

const regression = { names: ["loss", "mae", "r2"], own: "mae" };

test("a metric of the task is taken, given or not", () => {
  expect([chooseMetric("r2", true, regression), chooseMetric("loss", false, regression)]).toEqual([
    "r2",
    "loss",
  ]);
});

test("a default that the task does not have gives way to the task's own", () => {
  expect(chooseMetric("top1", false, regression)).toBe("mae");
});

test("a given metric that the task does not have is refused", () => {
  expect(() => chooseMetric("top1", true, regression)).toThrow(
    new UsageError('train: --eval-metric must be one of loss, mae, r2, got "top1"'),
  );
  expect(() => chooseMetric("mea", true, regression)).toThrow(
    new UsageError('train: --eval-metric must be one of loss, mae, r2, got "mea"; did you mean "mae"?'),
  );
});
