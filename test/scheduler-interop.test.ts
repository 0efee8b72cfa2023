/** Trains with other people's libraries, their learning rate driven by ours. */
import { grad, init, numpy as np } from "@jax-js/jax";
import * as tf from "@tensorflow/tfjs";
import { fromTfjs, StepLRScheduler, stepLr } from "@tsimm/scheduler";
import { beforeAll, describe, expect, test } from "vitest";

// y = 3 x
const XS = [-1, 0.5, 1, 2];
const YS = XS.map((x) => 3 * x);

describe("TensorFlow.js", () => {
  beforeAll(async () => {
    // Otherwise it recommends another backend on the console.
    tf.enableProdMode();
    await tf.setBackend("cpu");
  });

  const optimizers: Record<string, () => tf.Optimizer> = {
    SGD: () => tf.train.sgd(0.05),
    Momentum: () => tf.train.momentum(0.05, 0.5),
    Adam: () => tf.train.adam(0.5),
    Adamax: () => tf.train.adamax(0.5),
    RMSProp: () => tf.train.rmsprop(0.1),
    Adagrad: () => tf.train.adagrad(0.5),
    Adadelta: () => tf.train.adadelta(0.5),
  };

  /** The weight after each of 20 updates; `afterUpdate` is told how many are done. */
  function train(optimizer: tf.Optimizer, afterUpdate: (done: number) => void): number[] {
    const weight = tf.variable(tf.scalar(0));
    const [xs, ys] = [tf.tensor1d(XS), tf.tensor1d(YS)];
    const weights = Array.from({ length: 20 }, (_, update) => {
      optimizer.minimize(() => tf.losses.meanSquaredError(ys, xs.mul(weight)).asScalar(), false, [weight]);
      afterUpdate(update + 1);
      return Number(weight.dataSync()[0]);
    });
    tf.dispose([weight, xs, ys]);
    return weights;
  }

  test.each(Object.entries(optimizers))("the rate arrives in %s", (_, create) => {
    const optimizer = create();
    const target = fromTfjs(optimizer);
    const scheduler = new StepLRScheduler(target, { decayT: 10, decayRate: 0.25, tInEpochs: false });
    const scheduled = train(optimizer, (done) => scheduler.stepUpdate(done));
    const constant = train(create(), () => {});

    expect(scheduled.slice(0, 10)).toEqual(constant.slice(0, 10));
    const step = (weights: number[]) => (weights[10] ?? 0) - (weights[9] ?? 0);
    expect(Math.abs(step(constant))).toBeGreaterThan(1e-4);
    expect(step(scheduled) / step(constant)).toBeCloseTo(0.25, 3);
    expect(Math.abs(3 - (scheduled[9] ?? 0))).toBeLessThan(3);
    expect(target.paramGroups[0]?.lr).toBe((target.paramGroups[0]?.initialLr ?? 0) * 0.0625);
  });

  test("a warm-up begins with the optimizer's construction", () => {
    const optimizer = tf.train.sgd(0.05);
    const options = { decayT: 100, warmupT: 4 };
    const scheduler = new StepLRScheduler(fromTfjs(optimizer), { ...options, tInEpochs: false });
    const weights = train(optimizer, (done) => scheduler.stepUpdate(done));
    // Mean of x² is 1.5625: each update takes away that share of the distance to 3.
    let expected = 0;
    const lr = stepLr(0.05, options);
    for (const [update, weight] of weights.entries()) {
      expected += lr(update) * 2 * 1.5625 * (3 - expected);
      expect(weight).toBeCloseTo(expected, 5);
    }
  });
});

describe("jax-js", () => {
  beforeAll(() => init("cpu"));

  test("a schedule is the function of the update count that its optimizers take", async () => {
    const learningRate: (count: number) => number = stepLr(0.1, { decayT: 3, decayRate: 0.5, warmupT: 2 });
    const [x, y] = [np.array(XS), np.array(YS)];
    const gradient = grad((w: np.Array) => np.square(x.ref.mul(w).sub(y.ref)).mean());
    let weight = np.array(0);
    let expected = 0;
    for (let count = 0; count < 9; count++) {
      weight = weight.ref.sub(gradient(weight).mul(learningRate(count)));
      expected += learningRate(count) * 2 * 1.5625 * (3 - expected);
      expect(Number((await weight.ref.data())[0])).toBeCloseTo(expected, 5);
    }
    expect(Math.abs(3 - expected)).toBeLessThan(1);
  });
});
