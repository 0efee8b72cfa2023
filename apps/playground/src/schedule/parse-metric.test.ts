import { describe, expect, test } from "vitest";
import { parseMetric } from "./parse-metric.ts";

describe("parseMetric", () => {
  test.each<[string, string, number[]]>([
    ["lines", "0.5\n0.6\r\n\n0.7\n", [0.5, 0.6, 0.7]],
    ["blanks, commas and semicolons", "1 2,3; 4,\t5", [1, 2, 3, 4, 5]],
    ["per cent", "61.2% 65%", [61.2, 65]],
    ["JSON", "[0.5, 0.6,\n 1e-3]", [0.5, 0.6, 0.001]],
    ["epochs and values", "0 0.5\n1 0.6\n2 0.7", [0.5, 0.6, 0.7]],
    ["pairs that are no epochs", "0.1 0.5\n0.2 0.6", [0.1, 0.5, 0.2, 0.6]],
    [
      "the summary of a run",
      "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\n0,2.3,2.1,40.5,90,0.1\n1,2.0,1.8,55,91,0.1\n",
      [40.5, 55],
    ],
    ["a table with a loss alone", '"epoch";"train_loss";"eval_loss"\n0;3;2.5\n1;2;\n2;1;1.5', [2.5, 1.5]],
    ["a table of unknown names", "step\tmy number\n1\t7\n2\t8", [7, 8]],
  ])("%s", (_, text, metric) => expect(parseMetric(text)).toEqual(metric));

  const advice = "paste one number for each epoch, or a table with a column eval_top1";
  test.each([
    ["", `parseMetric: text must hold a number for each epoch, got none; ${advice}`],
    ["0.5, good, 0.7", `parseMetric: text must hold numbers alone, got "good"; ${advice}`],
    ["1 Infinity", `parseMetric: text must hold numbers alone, got "Infinity"; ${advice}`],
    ["1 ".repeat(5001), `parseMetric: text must hold at most 5000 numbers, got 5001; ${advice}`],
  ])("refuses %j", (text, message) => expect(() => parseMetric(text)).toThrow(new RangeError(message)));
});
