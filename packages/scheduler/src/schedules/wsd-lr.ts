import { nameSchedule, type ScheduleDefinition } from "../define-schedule.ts";
import { refusal } from "../errors.ts";
import { cos } from "../math/cos.ts";
import { choice, number } from "../options.ts";
import type { OptimizerLike } from "../param-groups.ts";
import { type Curve, createSchedule, type Own, type Schedule } from "../schedule.ts";
import { Scheduler } from "../scheduler.ts";
import { planScheduler, type SchedulerOptions } from "../scheduler-options.ts";
import type { WarmupOptions } from "../warmup.ts";

/** Options of {@link wsdLr}. */
export interface WsdLrOptions extends WarmupOptions {
  /** Length in t of the stable phase and the decay together, finite, > 0. */
  readonly tInitial: number;
  /** Length in t of the decay, finite, > 0, <= `tInitial`. */
  readonly decayT: number;
  /** Value at the end and after it, finite, >= 0, default 0. */
  readonly lrMin?: number;
  /** Shape of the decay: `"linear"` (the default), `"cosine"` or `"sqrt"`. */
  readonly decayShape?: "linear" | "cosine" | "sqrt";
}

/** Options of {@link WSDLRScheduler}. */
export interface WSDLRSchedulerOptions extends WsdLrOptions, SchedulerOptions {}

const wsdCurve: Curve<Own<WsdLrOptions>> = {
  checks: {
    tInitial: number({ above: 0, advice: "pass the length of the run" }),
    decayT: number({ above: 0, advice: "pass the length of the decay" }),
    lrMin: number({ atLeast: 0, fallback: 0 }),
    decayShape: choice(["linear", "cosine", "sqrt"], "linear"),
  },
  build: ({ tInitial, decayT, lrMin, decayShape }, where) => {
    if (!(decayT <= tInitial)) {
      throw new RangeError(refusal(where, "decayT", `<= tInitial (= ${tInitial})`, decayT));
    }
    const left = shapes[decayShape];
    const start = tInitial - decayT;
    return (base) => (t) =>
      t <= start ? base : lrMin + (base - lrMin) * left(Math.min((t - start) / decayT, 1));
  },
};

/** `--sched wsd`. */
export const wsdSchedule: ScheduleDefinition = /* @__PURE__ */ nameSchedule(wsdCurve, {
  name: "wsd",
  traits: { decaysAtEnd: true, hasMinimum: true },
  flags: {
    decayShape: {
      type: "string",
      default: "linear",
      choices: ["linear", "cosine", "sqrt"],
      help: "shape of the decay",
    },
  },
  fromFlags: ({ tInitial, decayT, minLr }) => ({ tInitial, decayT, lrMin: minLr }),
  turns: ({ tInitial, decayT }) => [tInitial - decayT],
  scheduler: (optimizer, options) => new WSDLRScheduler(optimizer, options),
});

/** What is left of the value when a part x of the decay is over. */
const shapes = {
  linear: (x: number): number => 1 - x,
  cosine: (x: number): number => (1 + cos(Math.PI * x)) / 2,
  sqrt: (x: number): number => 1 - Math.sqrt(x),
} as const;

/**
 * Warm-up, stable, decay: a flat line that falls at the end, so that a run can be prolonged at any time.
 *
 * lr(t) = base until T = tInitial - decayT, then lrMin + (base - lrMin) × f(x) with x from 0 to 1: linear
 * 1 - x, cosine (1 + cos(π x)) / 2, sqrt 1 - √x; `lrMin` from tInitial on.
 *
 * @param base - Value of the stable phase, finite, >= 0.
 * @param options - `tInitial` and `decayT` are required.
 * @returns The value at t (epochs or updates, finite, >= 0).
 * @throws RangeError if an option is out of its range.
 * @example
 * const lr = wsdLr(0.1, { tInitial: 100, decayT: 20, warmupT: 10 });
 * [5, 10, 80, 90, 100].map(lr); // => [0.05, 0.1, 0.1, 0.05, 0]
 * @see arXiv:2404.06395, arXiv:2405.18392
 */
export function wsdLr(base: number, options: WsdLrOptions): Schedule {
  return createSchedule("wsdLr", wsdCurve, base, options);
}

/**
 * Warm-up, stable, decay for parameter groups: {@link wsdLr} with units, noise and state.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new WSDLRScheduler(optimizer, { tInitial: 100, decayT: 20 });
 * scheduler.getEpochValues(90); // => [0.05]
 */
export class WSDLRScheduler extends Scheduler {
  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - `tInitial` and `decayT` are required.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: WSDLRSchedulerOptions) {
    super(optimizer, planScheduler("WSDLRScheduler", wsdCurve, options));
  }
}
