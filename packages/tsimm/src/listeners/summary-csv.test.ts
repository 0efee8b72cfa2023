import { expect, test } from "vitest";
import { summaryCsv } from "./summary-csv.ts";

const metrics = { loss: 0.5, top1: 80, top5: 100 };
const names = ["loss", "top1", "top5"];

test("has timm's columns, full precision and CRLF", () => {
  const rows = [{ epoch: 0, trainLoss: 1 / 3, lr: 0.1, validation: metrics, plain: null }];
  expect(summaryCsv(rows, names)).toBe(
    "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\r\n0,0.3333333333333333,0.5,80,100,0.1\r\n",
  );
});

test("leaves the validation columns out when there was no validation", () => {
  const rows = [{ epoch: 3, trainLoss: 1, lr: 0.1, validation: null, plain: null }];
  expect(summaryCsv(rows, names)).toBe("epoch,train_loss,lr\r\n3,1,0.1\r\n");
});

test("adds the plain model's columns beside a moving average", () => {
  const plain = { loss: 0.6, top1: 70, top5: 99 };
  const rows = [{ epoch: 0, trainLoss: 1, lr: 0.1, validation: metrics, plain }];
  expect(summaryCsv(rows, names)).toBe(
    "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr,model_loss,model_top1,model_top5\r\n0,1,0.5,80,100,0.1,0.6,70,99\r\n",
  );
});
