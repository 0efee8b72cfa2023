/** Ends and steps of sliders. */
import type { Flag } from "tsimm/plot";
import type { Parameter } from "./parameter.ts";

type Range = Parameter["range"];

const rate: Range = { min: 1e-6, max: 1, step: 0.05, scale: "log", zero: true };

/** Ranges of flags whose usual values are known; of a schedule's own flags they follow from the table. */
const ranges: Readonly<Record<string, Range>> = {
  epochs: { min: 1, max: 600, step: 1, scale: "linear", zero: false },
  lr: { min: 1e-5, max: 1, step: 0.05, scale: "log", zero: false },
  minLr: rate,
  warmupLr: rate,
  decayRate: { min: 0.01, max: 1, step: 0.01, scale: "linear", zero: false },
  patienceEpochs: { min: 0, max: 30, step: 1, scale: "linear", zero: false },
  power: { min: 0.1, max: 5, step: 0.02, scale: "log", zero: false },
  plateauThreshold: { min: 1e-6, max: 0.5, step: 0.1, scale: "log", zero: true },
  lrCycleMul: { min: 0.5, max: 3, step: 0.02, scale: "log", zero: false },
  lrCycleDecay: { min: 0, max: 1, step: 0.01, scale: "linear", zero: false },
  lrCycleLimit: { min: 1, max: 10, step: 1, scale: "linear", zero: false },
  lrKDecay: { min: 0.2, max: 5, step: 0.02, scale: "log", zero: false },
  lb: { min: -10, max: 0, step: 0.1, scale: "linear", zero: false },
  ub: { min: 0.1, max: 10, step: 0.1, scale: "linear", zero: false },
  lrNoisePct: { min: 0.01, max: 1, step: 0.01, scale: "linear", zero: false },
  lrNoiseStd: { min: 0.01, max: 10, step: 0.05, scale: "log", zero: false },
  seed: { min: 0, max: 100, step: 1, scale: "linear", zero: false },
};

/**
 * The range of a flag's slider.
 *
 * @param name - Flag, in camelCase.
 * @param flag - Its row of the table.
 * @param inEpochs - Whether it is a length, or t, in epochs: it ends with the run then.
 * @param epochs - Epochs of the run.
 */
export function sliderRange(name: string, flag: Flag, inEpochs: boolean, epochs: number): Range {
  const known = Object.hasOwn(ranges, name) ? ranges[name] : undefined;
  if (known) return name === "epochs" ? { ...known, max: Math.max(known.max, 2 * epochs) } : known;
  const whole = flag.type === "int" || flag.type === "ints";
  const least = flag.min ?? flag.above ?? 0;
  if (inEpochs) {
    const max = Math.max(epochs, 1);
    const step = whole || max >= 20 ? 1 : 0.1;
    return { min: flag.above === undefined ? least : least + step, max, step, scale: "linear", zero: false };
  }
  const usual = typeof flag.default === "number" ? flag.default : 1;
  const most = flag.max ?? flag.below;
  if (most === undefined && flag.above === 0 && !whole && usual > 0) {
    return { min: usual / 100, max: usual * 100, step: 0.05, scale: "log", zero: false };
  }
  const max = most ?? Math.max(10, 4 * Math.abs(usual));
  const step = whole ? 1 : 10 ** Math.floor(Math.log10((max - least) / 100));
  const inside = (bound: number | undefined) => (bound === undefined ? 0 : step);
  return {
    min: least + inside(flag.above),
    max: max - (flag.max === undefined ? inside(flag.below) : 0),
    step,
    scale: "linear",
    zero: false,
  };
}
