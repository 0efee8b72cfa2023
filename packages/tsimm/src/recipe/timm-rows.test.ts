import { expect, test } from "vitest";
import { exampleRow, exampleState } from "../checkpoint/run-state.fixture.ts";
import { carriedState, readCarried } from "../checkpoint/timm/carried.ts";
import { timmRows } from "./timm-rows.ts";

const carried = readCarried(carriedState(exampleState(1)));
const summary = [
  "epoch,train_loss,eval_loss,eval_top1,lr",
  ...[0, 1, 2, 3, 4].map((epoch) => `${epoch},${epoch + 0.5},0.25,${70 + epoch},0.01`),
].join("\n");

const row = (epoch: number) => ({
  ...{ epoch, trainLoss: epoch + 0.5, lr: 0.01, plain: null },
  validation: { loss: 0.25, top1: 70 + epoch },
});

test.each([
  ["timm's alone", { epoch: 1, carried: null, summary: `${summary}\n` }, [row(0), row(1)]],
  [
    "the run's own, then timm's",
    { epoch: 3, carried, summary: `${summary}\n` },
    [exampleRow(0), exampleRow(1), row(2), row(3)],
  ],
  ["the run's own alone", { epoch: 3, carried, summary: null }, [exampleRow(0), exampleRow(1)]],
  ["up to an older epoch", { epoch: 0, carried, summary: `${summary}\n` }, [exampleRow(0)]],
  ["none", { epoch: 3, carried: null, summary: null }, []],
])("rows of %s", (_, options, rows) => {
  expect(timmRows(options)).toEqual(rows);
});
