/** The rates of all curves as files, as `tsimm schedule -o` writes them. */

import { findSchedule } from "@tsimm/scheduler";
import {
  curvesCsv,
  curvesJson,
  perUpdate,
  type ScheduleCurve,
  type ScheduleCurves,
  scheduleEvents,
  scheduleWarnings,
  simulateFlags,
} from "tsimm/plot";
import { completeSettings } from "../complete-settings.ts";
import { curveLabels } from "../curve-labels.ts";
import type { CurveSettings, PlaygroundState } from "../settings.ts";

/** CSV: a line for each t, a column for each curve and each further group of it. */
export function csvText(state: PlaygroundState): string {
  return curvesCsv(allRates(state));
}

/** JSON: rates, events and warnings of each curve and each further group of it. */
export function jsonText(state: PlaygroundState): string {
  return curvesJson(allRates(state));
}

function allRates({ curves, updatesPerEpoch, logScale }: PlaygroundState): ScheduleCurves {
  const labels = curveLabels(curves);
  const all = curves.flatMap((settings, i) =>
    ratesOf(settings, labels[i] ?? settings.sched, updatesPerEpoch),
  );
  const unit = all.some(({ schedule }) => schedule.unit === "update") ? "update" : "epoch";
  return {
    unit,
    log: logScale,
    curves:
      unit === "epoch"
        ? all.map(described)
        : all.map(({ schedule, ...rest }) =>
            described({ ...rest, schedule: perUpdate(schedule, updatesPerEpoch) }),
          ),
  };
}

type Rates = Pick<ScheduleCurve, "label" | "schedule">;

function described({ label, schedule }: Rates): ScheduleCurve {
  const context = { metric: "top1", task: null, outputs: null };
  return { label, schedule, events: scheduleEvents(schedule), warnings: scheduleWarnings(schedule, context) };
}

function ratesOf(settings: CurveSettings, label: string, updatesPerEpoch: number): readonly Rates[] {
  const { sched, groups, metric } = settings;
  const { flags } = completeSettings(settings, { updatesPerEpoch });
  checkLength(simulateFlags(flags, updatesPerEpoch, { columns: 1 }).length * (1 + groups.length));
  const options = { every: true, metrics: metric ?? [] };
  const schedule = simulateFlags(flags, updatesPerEpoch, options);
  const { followsMetric } = findSchedule(sched).traits;
  const further = groups.map(({ lrScale }): Rates => {
    const scaled = followsMetric
      ? simulateFlags(flags, updatesPerEpoch, { ...options, lrScale })
      : {
          ...schedule,
          rates: schedule.rates.map((rate) => rate * lrScale),
          steadyRates: schedule.steadyRates.map((rate) => rate * lrScale),
        };
    return { label: `${label} lrScale=${lrScale}`, schedule: scaled };
  });
  return [{ label, schedule }, ...further];
}

/** Rates of a curve that a page can hold as text. */
const MOST_RATES = 2_000_000;

function checkLength(count: number): void {
  if (count <= MOST_RATES) return;
  const advice = "lower --epochs or the updates per epoch, or run tsimm schedule -o";
  throw new RangeError(`copyAs: a curve must have at most ${MOST_RATES} rates, got ${count}; ${advice}`);
}
