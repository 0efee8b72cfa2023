/** Parameters and curves, until `src/schedule` has them. */
import { perUpdate, type ScheduleArgs, scheduleEvents, scheduleWarnings, simulateSchedule } from "tsimm/plot";
import type { Curve, CurveResult } from "../schedule/curve.ts";
import type { Parameter } from "../schedule/parameter.ts";
import type { CurveSettings } from "../schedule/settings.ts";

const defaults: ScheduleArgs & Record<string, unknown> = {
  sched: "cosine",
  schedOnUpdates: false,
  epochs: 300,
  warmupEpochs: 5,
  warmupLr: 1e-5,
  warmupPrefix: false,
  minLr: 0,
  decayEpochs: 90,
  decayMilestones: [90, 180, 270],
  decayRate: 0.1,
  cooldownEpochs: 0,
  patienceEpochs: 10,
  plateauThreshold: 1e-4,
  thresholdMode: "rel",
  lrCycleMul: 1,
  lrCycleLimit: 1,
  lr: 0.1,
  lrNoise: null,
  lrNoisePct: 0.67,
  lrNoiseStd: 1,
  lrCycleDecay: 0.5,
  lrKDecay: 1,
};
const integers = new Set(["epochs", "warmupEpochs", "cooldownEpochs", "patienceEpochs", "lrCycleLimit"]);
const groups: Readonly<Record<string, Parameter["group"]>> = {
  epochs: "Run",
  lr: "Run",
  schedOnUpdates: "Run",
};

/** Parameters of a schedule. */
export function parametersOf(_sched: string): readonly Parameter[] {
  return Object.entries(defaults).flatMap(([name, value]): Parameter[] => {
    if (name === "sched" || name === "lrNoise") return [];
    const kind = Array.isArray(value)
      ? "numbers"
      : typeof value === "boolean"
        ? "boolean"
        : typeof value === "string"
          ? "choice"
          : integers.has(name)
            ? "integer"
            : "number";
    const max = typeof value === "number" ? Math.max(1, value * 2) : 300;
    const lower = name.toLowerCase();
    return [
      {
        name,
        option: name,
        timmOption: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        flag: `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
        group:
          groups[name] ??
          (lower.includes("noise")
            ? "Noise"
            : lower.includes("warmup")
              ? "Warm-up"
              : lower.includes("cycle")
                ? "Cycles"
                : "Schedule"),
        kind,
        help: "a parameter",
        default: value as Parameter["default"],
        range: { min: 0, max, step: integers.has(name) ? 1 : max / 100, scale: "linear" },
        choices: kind === "choice" ? ["rel", "abs"] : [],
        unit: lower.includes("epochs") ? "epochs" : "",
      },
    ];
  });
}

/** The curve of settings. */
export function calculateCurve(
  { sched, args, groups: further }: CurveSettings,
  { updatesPerEpoch }: { readonly updatesPerEpoch: number },
): CurveResult {
  try {
    const simulated = simulateSchedule({ ...defaults, ...args, sched } as ScheduleArgs, updatesPerEpoch);
    const { unit, numEpochs, length, times, rates } = simulated;
    const scales = [1, ...further.map(({ lrScale }) => lrScale)];
    const curve: Curve = {
      ...{ label: sched, unit, numEpochs, length, times },
      rates: scales.map((scale) => rates.map((rate) => rate * scale)),
      events: scheduleEvents(simulated),
      warnings: scheduleWarnings(simulated, { metric: "top1", task: null, outputs: null }).map((text) => ({
        text,
        parameter: null,
      })),
      ratesAt: (t) => scales.map((scale) => scale * (rates[times.findLastIndex((time) => time <= t)] ?? 0)),
    };
    return { curve, error: null };
  } catch (error) {
    return { curve: null, error: { text: String(error), parameter: null } };
  }
}
void perUpdate;

/** Address of a state. */
export function encodeState(state: unknown): string {
  return encodeURIComponent(JSON.stringify(state));
}
