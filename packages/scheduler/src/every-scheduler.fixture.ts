/** Every schedule with options that make it move, for tests that hold for all of them. */
import {
  constantLr,
  cosineLr,
  DefinedScheduler,
  defineSchedule,
  exponentialLr,
  inverseSqrtLr,
  linearLr,
  multiStepLr,
  number,
  type OptimizerLike,
  oneCycleLr,
  polyLr,
  registerSchedule,
  type Schedule,
  type ScheduleDefinition,
  type Scheduler,
  type SchedulerName,
  stepLr,
  tanhLr,
  wsdLr,
} from "./index.ts";
import { builtInSchedules } from "./schedules/index.ts";
import { warmupChecks } from "./warmup.ts";

/** A schedule that a user of the package defines. */
const halving: ScheduleDefinition = defineSchedule({
  name: "halving",
  checks: { halfLife: number({ above: 0 }) },
  build:
    ({ halfLife }) =>
    (base) =>
    (t) =>
      base * 0.5 ** (t / halfLife),
  flags: {
    halfLife: {
      type: "float",
      default: 10,
      above: 0,
      inEpochs: true,
      help: "epochs in which the rate halves",
    },
  },
});
registerSchedule(halving);

/** What a definition does not say: its pure function, and options with which it changes within 12 t. */
interface Row {
  pure: ((base: number, options: never) => Schedule) | null;
  options: object;
}

const twoCycles = { tInitial: 4, cycleMul: 1.5, cycleDecay: 0.5, cycleLimit: 2, lrMin: 0.001 };

const rows: Record<SchedulerName | "function" | "halving", Row> = {
  constant: { pure: constantLr, options: {} },
  cosine: { pure: cosineLr, options: { ...twoCycles, kDecay: 1.5 } },
  exponential: { pure: exponentialLr, options: { decayRate: 0.7, decayT: 2 } },
  function: { pure: null, options: { schedule: (t: number, base: number) => base / (1 + t) } },
  halving: { pure: null, options: { halfLife: 3 } },
  invsqrt: { pure: inverseSqrtLr, options: { timescaleT: 3 } },
  linear: { pure: linearLr, options: { tInitial: 10, lrMin: 0.01 } },
  multistep: { pure: multiStepLr, options: { decayT: [3, 6, 6, 9], decayRate: 0.6 } },
  onecycle: { pure: oneCycleLr, options: { tInitial: 10 } },
  plateau: { pure: null, options: { decayRate: 0.5, patienceT: 1, cooldownT: 1 } },
  poly: { pure: polyLr, options: { ...twoCycles, power: 0.9, kDecay: 1.5 } },
  step: { pure: stepLr, options: { decayT: 2.4, decayRate: 0.9 } },
  tanh: { pure: tanhLr, options: twoCycles },
  wsd: { pure: wsdLr, options: { tInitial: 10, decayT: 5, decayShape: "cosine" } },
};

/** One schedule. */
export interface SchedulerCase {
  definition: ScheduleDefinition;
  /** Name of its class, or its own where it has none. */
  name: string;
  create: (optimizer: OptimizerLike, options: object) => Scheduler;
  pure: ((base: number, options: object) => Schedule) | null;
  /** Options of the schedule, with which it changes within 12 t. */
  options: object;
  /** Every option of its own besides warm-up. */
  names: string[];
  /** Whether it takes `warmupPrefix`. */
  takesPrefix: boolean;
}

function caseOf(definition: ScheduleDefinition): SchedulerCase {
  const row = Object.entries(rows).find(([name]) => name === (definition.name ?? "function"))?.[1];
  if (row === undefined) throw new Error(`rows has none for the schedule ${definition.name}`);
  const { pure, options } = row;
  const create = (optimizer: OptimizerLike, given: object) =>
    definition.scheduler?.(optimizer, given) ?? new DefinedScheduler(optimizer, definition, given);
  return {
    ...{ definition, create, options },
    name: create({ paramGroups: [{ lr: 0.1 }] }, options).stateDict().scheduler,
    pure: pure && ((base, given) => pure(base, given as never)),
    names: Object.keys(definition.checks).filter((name) => !(name in warmupChecks)),
    takesPrefix: !definition.traits.followsMetric,
  };
}

/** All schedules, those built in and one of a user. */
export const everyScheduler: SchedulerCase[] = [...builtInSchedules, halving].map(caseOf);

/** All but those that follow a metric: functions of t. */
export const functionsOfT: SchedulerCase[] = everyScheduler.filter(
  ({ definition }) => !definition.traits.followsMetric,
);

const [followsMetric] = everyScheduler.filter(({ definition }) => definition.traits.followsMetric);
if (followsMetric === undefined) throw new Error("no schedule follows a metric");

/** The class that follows a metric. */
export const plateau: SchedulerCase = followsMetric;
