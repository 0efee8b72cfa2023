import { expect, test } from "vitest";
import { fromTfjs, StepLRScheduler } from "../index.ts";

/** As `AdamOptimizer` is: it reads a protected number at every update. */
class AdamLike {
  protected learningRate: number;
  constructor(learningRate: number) {
    this.learningRate = learningRate;
  }
  rateOfUpdate(): number {
    return this.learningRate;
  }
}

/** As `SGDOptimizer` is: it keeps a tensor made by the setter. */
class SgdLike extends AdamLike {
  tensor: number;
  constructor(learningRate: number) {
    super(learningRate);
    this.tensor = -learningRate;
  }
  setLearningRate(learningRate: number): void {
    this.learningRate = learningRate;
    this.tensor = -learningRate;
  }
}

test("sets the number that Adam reads", () => {
  const adam = new AdamLike(0.1);
  new StepLRScheduler(fromTfjs(adam), { decayT: 2, decayRate: 0.5 }).step(2);
  expect(adam.rateOfUpdate()).toBe(0.05);
});

test("calls the setter of SGD", () => {
  const sgd = new SgdLike(0.1);
  new StepLRScheduler(fromTfjs(sgd), { decayT: 2, decayRate: 0.5 }).step(2);
  expect([sgd.rateOfUpdate(), sgd.tensor]).toEqual([0.05, -0.05]);
});

test("takes the base from the first scheduler on the same group", () => {
  const optimizer = fromTfjs(new AdamLike(0.1));
  new StepLRScheduler(optimizer, { decayT: 2, decayRate: 0.5 }).step(4);
  expect(new StepLRScheduler(optimizer, { decayT: 2 }).valuesAt(0)).toEqual([0.1]);
});

test("keeps the base of an optimizer that is wrapped again, with and without a setter", () => {
  for (const optimizer of [new AdamLike(0.1), new SgdLike(0.1)]) {
    new StepLRScheduler(fromTfjs(optimizer), { decayT: 2, decayRate: 0.5 }).step(4);
    const second = new StepLRScheduler(fromTfjs(optimizer), { decayT: 2, decayRate: 0.5 });
    expect([second.valuesAt(0), optimizer.rateOfUpdate()]).toEqual([[0.1], 0.1]);
  }
  const [one, other] = [new AdamLike(0.1), new AdamLike(0.2)];
  const first = fromTfjs(one);
  expect(fromTfjs(one)).toBe(first);
  expect(fromTfjs(other)).not.toBe(first);
});

test.each([
  [{}, "an object"],
  [{ learningRate: "0.1" }, "an object"],
  [{ setLearningRate: () => {} }, "an object"],
  [Object.freeze({ learningRate: 0.1 }), "an object"],
  [
    {
      get learningRate() {
        return 0.1;
      },
    },
    "an object",
  ],
  [null, "null"],
])("refuses %j", (optimizer, got) => {
  expect(() => fromTfjs(optimizer as object)).toThrow(
    new TypeError(
      `fromTfjs: optimizer must be an optimizer with a numeric learningRate that can be set, got ${got}`,
    ),
  );
});
