import { expect, test } from "vitest";
import { exampleRecovery, exampleRow, exampleState } from "../run-state.fixture.ts";
import { carriedState, readCarried } from "./carried.ts";

test("what travels with the run comes back as it was, also through JSON", () => {
  const rows = [exampleRow(0), { ...exampleRow(1), trainLoss: Number.NaN }];
  const state = exampleState(1, {
    metricHistory: rows,
    scheduler: { scheduler: "PlateauLRScheduler", t: 2 },
  });
  const back = readCarried(JSON.parse(JSON.stringify(carriedState(state))));
  expect(back).toMatchObject({
    ...{ epoch: 1, update: 12, classNames: ["cat", "dog"], ranking: state.ranking, best: state.best },
    ...{ metricHistory: rows, scheduler: state.scheduler, byOutput: [] },
  });
});

test("a state at the beginning of an epoch counts as one after the epoch before", () => {
  expect(readCarried(carriedState(exampleRecovery(3, 0)))?.epoch).toBe(2);
});

test("a run that began with timm carries nothing", () => {
  expect([readCarried(undefined), readCarried(null)]).toEqual([null, null]);
});

const good = carriedState(exampleState(1));

test.each([
  [[], "tsimm is not what tsimm writes"],
  [{ ...good, version: 2 }, "tsimm.version is not what tsimm writes"],
  [{ ...good, epoch: -1 }, "tsimm.epoch is not what tsimm writes"],
  [{ ...good, classNames: ["cat", ""] }, "tsimm.classNames.1 is not what tsimm writes"],
  [{ ...good, metricHistory: [{ epoch: 0 }] }, "tsimm.metricHistory.0.trainLoss is not what tsimm writes"],
  [{ ...good, scheduler: "cosine" }, "tsimm.scheduler is not what tsimm writes"],
])("data of another kind is refused: %j", (value, message) => {
  expect(() => readCarried(value)).toThrow(message);
});
