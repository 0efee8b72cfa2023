/** Every scheduler class with options that make it move, for tests that hold for all of them. */
import {
  ConstantLRScheduler,
  CosineLRScheduler,
  constantLr,
  cosineLr,
  ExponentialLRScheduler,
  exponentialLr,
  FunctionScheduler,
  InverseSqrtLRScheduler,
  inverseSqrtLr,
  LinearLRScheduler,
  linearLr,
  MultiStepLRScheduler,
  multiStepLr,
  OneCycleLRScheduler,
  type OptimizerLike,
  oneCycleLr,
  PlateauLRScheduler,
  PolyLRScheduler,
  polyLr,
  type Schedule,
  type Scheduler,
  StepLRScheduler,
  stepLr,
  TanhLRScheduler,
  tanhLr,
  WSDLRScheduler,
  wsdLr,
} from "./index.ts";

/** One class. */
export interface SchedulerCase {
  name: string;
  create: (optimizer: OptimizerLike, options: object) => Scheduler;
  pure: ((base: number, options: object) => Schedule) | null;
  /** Options of the schedule, with which it changes within 12 t. */
  options: object;
  /** Every option of its own besides warm-up. */
  names: string[];
}

const cycles = ["tInitial", "lrMin", "cycleMul", "cycleDecay", "cycleLimit"];
const twoCycles = { tInitial: 4, cycleMul: 1.5, cycleDecay: 0.5, cycleLimit: 2, lrMin: 0.001 };

/** All classes but plateau: functions of t. */
export const functionsOfT: SchedulerCase[] = [
  {
    name: "ConstantLRScheduler",
    create: (optimizer, options) => new ConstantLRScheduler(optimizer, options),
    pure: (base, options) => constantLr(base, options),
    options: {},
    names: [],
  },
  {
    name: "CosineLRScheduler",
    create: (optimizer, options) => new CosineLRScheduler(optimizer, options as never),
    pure: (base, options) => cosineLr(base, options as never),
    options: { ...twoCycles, kDecay: 1.5 },
    names: [...cycles, "kDecay"],
  },
  {
    name: "ExponentialLRScheduler",
    create: (optimizer, options) => new ExponentialLRScheduler(optimizer, options as never),
    pure: (base, options) => exponentialLr(base, options as never),
    options: { decayRate: 0.7, decayT: 2 },
    names: ["decayRate", "decayT", "lrMin"],
  },
  {
    name: "FunctionScheduler",
    create: (optimizer, options) => new FunctionScheduler(optimizer, options as never),
    pure: null,
    options: { schedule: (t: number, base: number) => base / (1 + t) },
    names: ["schedule"],
  },
  {
    name: "InverseSqrtLRScheduler",
    create: (optimizer, options) => new InverseSqrtLRScheduler(optimizer, options),
    pure: (base, options) => inverseSqrtLr(base, options),
    options: { timescaleT: 3 },
    names: ["timescaleT"],
  },
  {
    name: "LinearLRScheduler",
    create: (optimizer, options) => new LinearLRScheduler(optimizer, options as never),
    pure: (base, options) => linearLr(base, options as never),
    options: { tInitial: 10, lrMin: 0.01 },
    names: ["tInitial", "lrMin"],
  },
  {
    name: "MultiStepLRScheduler",
    create: (optimizer, options) => new MultiStepLRScheduler(optimizer, options as never),
    pure: (base, options) => multiStepLr(base, options as never),
    options: { decayT: [3, 6, 6, 9], decayRate: 0.6 },
    names: ["decayT", "decayRate", "milestoneTiming"],
  },
  {
    name: "OneCycleLRScheduler",
    create: (optimizer, options) => new OneCycleLRScheduler(optimizer, options as never),
    pure: (base, options) => oneCycleLr(base, options as never),
    options: { tInitial: 10 },
    names: ["tInitial", "pctStart", "divFactor", "finalDivFactor", "anneal"],
  },
  {
    name: "PolyLRScheduler",
    create: (optimizer, options) => new PolyLRScheduler(optimizer, options as never),
    pure: (base, options) => polyLr(base, options as never),
    options: { ...twoCycles, power: 0.9, kDecay: 1.5 },
    names: [...cycles, "power", "kDecay"],
  },
  {
    name: "StepLRScheduler",
    create: (optimizer, options) => new StepLRScheduler(optimizer, options as never),
    pure: (base, options) => stepLr(base, options as never),
    options: { decayT: 2.4, decayRate: 0.9 },
    names: ["decayT", "decayRate"],
  },
  {
    name: "TanhLRScheduler",
    create: (optimizer, options) => new TanhLRScheduler(optimizer, options as never),
    pure: (base, options) => tanhLr(base, options as never),
    options: twoCycles,
    names: [...cycles, "lb", "ub"],
  },
  {
    name: "WSDLRScheduler",
    create: (optimizer, options) => new WSDLRScheduler(optimizer, options as never),
    pure: (base, options) => wsdLr(base, options as never),
    options: { tInitial: 10, decayT: 5, decayShape: "cosine" },
    names: ["tInitial", "decayT", "lrMin", "decayShape"],
  },
];

/** The class that follows a metric. */
export const plateau: SchedulerCase = {
  name: "PlateauLRScheduler",
  create: (optimizer, options) => new PlateauLRScheduler(optimizer, options),
  pure: null,
  options: { decayRate: 0.5, patienceT: 1, cooldownT: 1 },
  names: ["decayRate", "patienceT", "threshold", "thresholdMode", "cooldownT", "lrMin", "eps", "mode"],
};

/** All classes. */
export const everyScheduler: SchedulerCase[] = [...functionsOfT, plateau];
