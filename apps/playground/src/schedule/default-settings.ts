/** A schedule before anything of it was changed. */
import type { CurveSettings, PlaygroundState } from "./settings.ts";

/**
 * A schedule with all its defaults: those of `tsimm train`, and a base rate of 0.1.
 *
 * @param sched - Name of a schedule.
 */
export function defaultSettings(sched: string): CurveSettings {
  return { sched, args: {}, groups: [], metric: null };
}

/** The playground as it opens: timm's StepLRScheduler with the defaults of train.py. */
export function defaultState(): PlaygroundState {
  return { curves: [defaultSettings("step")], selected: 0, updatesPerEpoch: 100, logScale: false };
}
