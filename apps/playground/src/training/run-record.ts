/** Record of a run: its curves and results. */
import type { Report, SamplePrediction } from "./messages.ts";
import { describeChange, type TrainingSettings } from "./training-settings.ts";

/** Points of a curve, x in epochs. */
export type CurvePoints = [epoch: number, value: number][];

/** Settings that hold from an epoch on. */
export interface SettingsChange {
  readonly epoch: number;
  /** The differences, e.g. `sgd, lr 0.01`. */
  readonly label: string;
  /** true: the optimizer began anew, without its averages. */
  readonly isNewOptimizer: boolean;
}

/** Weight of the past in the smoothed loss. */
const SMOOTHING = 0.9;

/** Updates whose duration is shown. */
const RECENT = 15;

/** A run of this session. */
export class RunRecord {
  /** From 1. */
  readonly id: number;
  /** Index of its colour, from 0. */
  readonly color: number;
  /** Images it learns from, e.g. `Fashion-MNIST mini`. */
  readonly imagesName: string;
  readonly classNames: readonly string[];
  /** Of its first epoch. */
  readonly firstSettings: TrainingSettings;
  /** Of the present epoch. */
  settings: TrainingSettings;
  readonly losses: CurvePoints = [];
  readonly smoothedLosses: CurvePoints = [];
  readonly rates: CurvePoints = [];
  readonly trainAccuracies: CurvePoints = [];
  readonly validationLosses: CurvePoints = [];
  readonly validationAccuracies: CurvePoints = [];
  readonly changes: SettingsChange[] = [];
  /** Row-major [classes, classes], of the last validation; empty: none yet. */
  confusion: readonly number[] = [];
  /** For the sample images; empty: none yet. */
  predictions: readonly SamplePrediction[] = [];
  numParameters = 0;
  updatesPerEpoch = 1;
  updates = 0;
  readonly #durations: number[] = [];

  constructor(options: {
    readonly id: number;
    readonly color: number;
    readonly imagesName: string;
    readonly classNames: readonly string[];
    readonly settings: TrainingSettings;
  }) {
    const { id, color, imagesName, classNames, settings } = options;
    this.id = id;
    this.color = color;
    this.imagesName = imagesName;
    this.classNames = classNames;
    this.firstSettings = settings;
    this.settings = settings;
  }

  /** Epochs that are done. */
  get epochsDone(): number {
    return this.validationAccuracies.length;
  }

  /** Of an update: the median of the last ones; null: there is none. */
  get milliseconds(): number | null {
    const sorted = [...this.#durations].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }

  /** Takes in what the worker reports of this run. */
  add(report: Extract<Report, { readonly run: number | null }>): void {
    switch (report.type) {
      case "opened":
        this.numParameters = report.numParameters;
        this.updatesPerEpoch = report.updatesPerEpoch;
        break;
      case "update": {
        const { update, loss, rate, milliseconds } = report;
        const x = update / this.updatesPerEpoch;
        const before = this.smoothedLosses.at(-1)?.[1] ?? loss;
        this.updates = update;
        this.#durations.push(milliseconds);
        if (this.#durations.length > RECENT) this.#durations.shift();
        this.losses.push([x, loss]);
        this.smoothedLosses.push([x, SMOOTHING * before + (1 - SMOOTHING) * loss]);
        // A rate holds from its update on.
        this.rates.push([(update - 1) / this.updatesPerEpoch, rate]);
        break;
      }
      case "probe":
        this.trainAccuracies.push([report.update / this.updatesPerEpoch, report.accuracy]);
        this.predictions = report.predictions;
        break;
      case "epoch":
        this.validationLosses.push([report.epoch + 1, report.loss]);
        this.validationAccuracies.push([report.epoch + 1, report.accuracy]);
        this.confusion = report.confusion;
        break;
      case "changed": {
        const { epoch, settings, isNewOptimizer } = report;
        const label = describeChange(this.settings, settings);
        this.settings = settings;
        if (label !== "" && epoch > 0) this.changes.push({ epoch, label, isNewOptimizer });
      }
    }
  }
}
