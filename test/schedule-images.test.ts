/** The pictures of the scheduler's README. After a change: `npx vitest run test/schedule-images.test.ts -u`. */
import {
  constantLr,
  cosineLr,
  exponentialLr,
  inverseSqrtLr,
  linearLr,
  multiStepLr,
  oneCycleLr,
  PlateauLRScheduler,
  polyLr,
  type Schedule,
  sample,
  stepLr,
  tanhLr,
  withNoise,
  wsdLr,
} from "@tsimm/scheduler";
import { figureToSvg, learningRateFigure } from "tsimm";
import { expect, test } from "vitest";

const LENGTH = 100;
const drops = { decayT: 30, decayRate: 0.5 };
const run = { tInitial: LENGTH, lrMin: 0.02 };

const figures: Record<string, Record<string, Schedule>> = {
  Drops: {
    constant: constantLr(0.1),
    step: stepLr(0.1, drops),
    multistep: multiStepLr(0.1, { decayT: [20, 45, 80], decayRate: 0.5 }),
    exponential: exponentialLr(0.1, drops),
    plateau: withoutImprovement(25),
  },
  Cycles: {
    cosine: cosineLr(0.1, run),
    tanh: tanhLr(0.1, run),
    poly: polyLr(0.1, run),
    "cosine, 4 cycles": cosineLr(0.1, { ...run, tInitial: 25, cycleLimit: 4, cycleDecay: 0.8 }),
  },
  Ramps: {
    linear: linearLr(0.1, run),
    wsd: wsdLr(0.1, { ...run, decayT: 20 }),
    onecycle: oneCycleLr(0.1, { tInitial: LENGTH }),
    invsqrt: inverseSqrtLr(0.1, { warmupT: 10 }),
  },
  "Warm-up and noise": {
    step: stepLr(0.1, drops),
    "warmupT: 10": stepLr(0.1, { ...drops, warmupT: 10 }),
    "warmupPrefix: true": stepLr(0.1, { ...drops, warmupT: 10, warmupPrefix: true }),
    noise: withNoise(stepLr(0.05, drops), { noiseRangeT: [40, 70], noisePct: 0.2 }),
  },
};

/** Plateau where the metric never improves. */
function withoutImprovement(patienceT: number): Schedule {
  const group = { lr: 0.1 };
  const scheduler = new PlateauLRScheduler({ paramGroups: [group] }, { decayRate: 0.5, patienceT });
  return (t) => {
    if (t > 0) scheduler.step(t, 0);
    return group.lr;
  };
}

test.each(Object.entries(figures))("%s", async (title, schedules) => {
  const series = Object.entries(schedules).map(([label, schedule]) => ({
    label,
    rates: [...sample(schedule, LENGTH)],
  }));
  const name = title.toLowerCase().replaceAll(" ", "-");
  const svg = figureToSvg(learningRateFigure(series, { title, unit: "epoch" }));
  await expect(svg).toMatchFileSnapshot(`../packages/scheduler/images/${name}.svg`);
});
