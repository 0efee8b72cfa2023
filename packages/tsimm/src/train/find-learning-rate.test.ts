import { describe, expect, test } from "vitest";
import { createModel } from "../models/registry.ts";
import { createOptimizerV2 } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { createTask } from "../task/tasks.ts";
import { DivergedError } from "../update/diverged-error.ts";
import { createUpdater } from "../update/updater.ts";
import { findLearningRate } from "./find-learning-rate.ts";
import { suggestRate } from "./suggest-rate.ts";

const engine = await createEngine("native");

async function parts() {
  const model = createModel("test_resnet", { numClasses: 2, seed: 1 });
  const optimizer = createOptimizerV2(model, { opt: "adamw", lr: 0.123, layerDecay: 0.7 });
  const average = new ModelEma(model, { decay: 0.9 });
  const task = createTask("classification", { outputNames: ["dark", "light"] });
  const pixels = Uint8Array.from(
    { length: 8 * 32 * 32 * 3 },
    (_, i) => (i < 4 * 32 * 32 * 3 ? 40 : 200) + (i % 23),
  );
  const loader = {
    ...{ batchSize: 4, inputSize: [3, 32, 32] as const, length: 2, samples: 8 },
    async *batches() {
      for (const half of [0, 1]) {
        const size = 2 * 32 * 32 * 3;
        const start = half * size;
        const batch = new Uint8Array(2 * size);
        batch.set(pixels.subarray(start, start + size));
        batch.set(pixels.subarray(pixels.length - size - start, pixels.length - start), size);
        yield { images: batch, labels: Int32Array.of(0, 0, 1, 1), size: 4 };
      }
    },
  };
  const { mean, std } = model.pretrainedCfg;
  const updater = await createUpdater(engine, {
    ...{ model, optimizer, average, loss: task.loss, batchSize: 4, height: 32, width: 32 },
    ...{ input: "uint8", mean, std, threads: 1 },
  });
  return { model, optimizer, average, updater, loader, task };
}

describe("findLearningRate", () => {
  test("finds a rate, and leaves weights, statistics, optimizer and average as they were", async () => {
    const { model, optimizer, average, updater, loader, task } = await parts();
    const state = () =>
      structuredClone({
        model: model.state.map(({ data }) => data),
        optimizer: optimizer.stateDict(),
        average: average.state.map(({ data }) => data),
      });
    const before = state();
    const seen: number[] = [];
    const found = await findLearningRate({
      ...{ updater, loader, task, updates: 40, start: 1e-6, end: 100, gradAccumSteps: 2 },
      onUpdate: ({ lr }) => void seen.push(lr),
    });
    expect(state()).toEqual(before);
    expect(found.suggestion).toBeGreaterThan(1e-6);
    expect(found.suggestion).toBeLessThan(1);
    expect(seen).toEqual(found.points.map(({ lr }) => lr));
    expect(found.points[1]?.lr).toBeCloseTo(1e-6 * 10 ** (8 / 39), 12);
    expect(found.curve).toHaveLength(found.points.length);
    await updater.close();
  });

  test.each([
    ["rising", (update: number) => (update < 12 ? 1 : 2 ** (update - 11)), 16],
    ["diverged", (update: number) => (update < 8 ? 1 : Number.NaN), 8],
    ["end", () => 1, 20],
  ] as const)("ends: %s", async (outcome, lossAt, count) => {
    const { updater, loader, task } = await parts();
    const scripted: typeof updater = {
      ...updater,
      async update(_, { update }) {
        const loss = lossAt(update);
        if (Number.isNaN(loss)) throw new DivergedError(loss, 1, null);
        return { loss, gradNorm: 1 };
      },
    };
    const found = await findLearningRate({ updater: scripted, loader, task, updates: 20 });
    expect([found.outcome, found.suggestion]).toEqual([outcome, null]);
    expect(Math.abs(found.points.length - count)).toBeLessThan(3);
    await updater.close();
  });

  test("ends early by the signal, with what was tried", async () => {
    const { updater, loader, task, model } = await parts();
    const before = model.state.map(({ data }) => data.slice());
    const stop = new AbortController();
    let count = 0;
    const found = await findLearningRate({
      ...{ updater, loader, task, signal: stop.signal },
      onUpdate: () => void (++count === 3 && stop.abort()),
    });
    expect([found.outcome, found.points.length, found.suggestion]).toEqual(["stopped", 3, null]);
    expect(model.state.map(({ data }) => data)).toEqual(before);
    await updater.close();
  });

  test.each([
    [{ start: 0 }, "findLearningRate: start must be a number > 0, got 0"],
    [{ start: 1, end: 1 }, "findLearningRate: end must be a number > start (= 1), got 1"],
    [{ updates: 9 }, "findLearningRate: updates must be an integer >= 10, got 9"],
    [{ stopAt: 1 }, "findLearningRate: stopAt must be a number > 1, got 1"],
    [{ epochs: 2 }, "findLearningRate: option must be one of updater, loader"],
    [{ updater: {} }, "findLearningRate: updater must have a function update"],
  ])("refuses %o", async (changes, message) => {
    const { updater, loader, task } = await parts();
    const given: Parameters<typeof findLearningRate>[0] = {
      ...{ updater, loader, task },
      ...(changes as object),
    };
    await expect(findLearningRate(given)).rejects.toThrow(message);
    await updater.close();
  });
});

describe("suggestRate", () => {
  const curve = (loss: (power: number) => number) =>
    Array.from({ length: 81 }, (_, i) => ({ lr: 10 ** (-6 + i / 10), loss: loss(-6 + i / 10) }));

  test("of a fall and an explosion it is the middle of the fall", () => {
    const falling = curve((power) =>
      power > 0.5 ? 1e9 : 2 - Math.tanh(2 * (power + 2)) + 0.01 * Math.sin(77 * power),
    );
    expect(Math.log10(suggestRate(falling).suggestion ?? 0)).toBeCloseTo(-2, 0);
  });

  test("noise alone gives none, nor does a loss that only rises", () => {
    expect(suggestRate(curve((power) => 2 + 0.003 * Math.sin(40 * power))).suggestion).toBeNull();
    expect(suggestRate(curve((power) => 2 + 10 ** power)).suggestion).toBeNull();
    expect(suggestRate([]).suggestion).toBeNull();
  });
});
