import { expect, test } from "vitest";
import { defaultSettings, describeChange, planTraining } from "./training-settings.ts";

// timm.scheduler.create_scheduler_v2 with lr 0.002, warmup_lr lr / 10, min_lr lr / 1000.
test.each([
  [{ sched: "cosine", epochs: 3, warmupEpochs: 0 }, [0.002, 0.0015005000000000003, 0.0005015000000000003]],
  [{ sched: "step", epochs: 3, warmupEpochs: 0, decayEpochs: 2, decayRate: 0.2 }, [0.002, 0.002, 0.0004]],
  [
    { sched: "poly", epochs: 4, warmupEpochs: 0, decayRate: 0.5 },
    [0.002, 0.0017323187567613086, 0.0014147993488107223, 0.0010010000000000002],
  ],
])("plans the rates of timm for %o", (settings, rates) => {
  const plan = planTraining({ ...defaultSettings, ...settings, lr: 0.002 });
  expect(plan.numEpochs).toBe(settings.epochs);
  expect(plan.rates).toHaveLength(rates.length);
  for (const [epoch, rate] of plan.rates.entries()) expect(rate).toBeCloseTo(rates[epoch] ?? Number.NaN, 15);
});

test("a schedule that follows results has a length and no rates", () => {
  expect(planTraining({ ...defaultSettings, sched: "plateau", epochs: 5 })).toEqual({
    numEpochs: 5,
    rates: [],
  });
});

test("a change is told in the words of its settings", () => {
  const after = { ...defaultSettings, opt: "sgd", lr: 0.1, warmupEpochs: 0 };
  expect(describeChange(defaultSettings, after)).toBe("sgd, lr 0.1, warm-up 0");
  expect(describeChange(after, after)).toBe("");
});
