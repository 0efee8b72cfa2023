import { refusal } from "./errors.ts";
import { createNoise, type Noise } from "./noise.ts";
import { readOptions } from "./options.ts";
import { GroupField, type OptimizerLike } from "./param-groups.ts";
import { checkT, type Schedule } from "./schedule.ts";
import type { SchedulerPlan } from "./scheduler-options.ts";
import { checkState, type LoadOptions, loadChecks, type SchedulerState } from "./state.ts";

/** What to pass as t. */
export const EPOCH_ADVICE = "pass epoch + 1 at the end of an epoch";
const UPDATE_ADVICE = "pass the number of updates done";

/**
 * Drives one field, mostly `lr`, of an optimizer's parameter groups.
 *
 * A loop calls `step(epoch + 1, metric)` at the end of each epoch and `stepUpdate(numUpdates)` after each
 * update; the one that does not fit `tInEpochs` does nothing. Values are functions of t: any order,
 * repeats and jumps give the same numbers ({@link PlateauLRScheduler} excepted). For a schedule of your own
 * use {@link FunctionScheduler}.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler: Scheduler = new StepLRScheduler(optimizer, { decayT: 30, decayRate: 0.5 });
 * scheduler.step(30);
 * optimizer.paramGroups[0].lr; // => 0.05
 * @see timm `timm/scheduler/scheduler.py`
 */
export abstract class Scheduler {
  /** Whether t counts epochs (`step` acts) or updates (`stepUpdate` acts). */
  readonly tInEpochs: boolean;
  protected readonly name: string;
  protected readonly groups: GroupField;
  protected readonly noise: Noise;
  protected baseValues: readonly number[];
  protected lastT: number | null = null;
  protected lastMetric: number | null = null;
  readonly #plan: SchedulerPlan;
  readonly #next: Float64Array;
  #schedules: readonly Schedule[];

  protected constructor(optimizer: OptimizerLike, plan: SchedulerPlan) {
    const { name, options } = plan;
    this.#plan = plan;
    this.name = name;
    this.tInEpochs = options.tInEpochs;
    this.groups = new GroupField(name, optimizer, options.paramGroupField);
    this.noise = createNoise(name, options);
    this.baseValues = this.groups.readBase(options.initialize);
    this.#schedules = schedulesOf(this.baseValues, plan);
    this.#next = new Float64Array(this.groups.count);
    this.groups.write(this.startValues(), true);
    this.groups.writeBase(this.baseValues);
  }

  /**
   * To be called at the end of each epoch. Acts if `tInEpochs`.
   *
   * @param epoch - Number of epochs done, epoch + 1 in a loop from 0; an integer >= 0 where noise applies.
   * @param metric - What the epoch was worth; only {@link PlateauLRScheduler} uses it.
   * @throws RangeError for a negative or infinite epoch, or parameter groups that came or went.
   */
  step(epoch: number, metric?: number | null): void {
    const accepted = this.#accept(epoch, metric, EPOCH_ADVICE);
    if (this.tInEpochs) this.act(epoch, accepted);
    this.lastMetric = accepted;
  }

  /**
   * To be called after each update. Acts unless `tInEpochs`.
   *
   * @param numUpdates - Number of updates done, already counting this one.
   * @param metric - What the update was worth.
   * @throws RangeError for a negative or infinite count, or parameter groups that came or went.
   */
  stepUpdate(numUpdates: number, metric?: number | null): void {
    const accepted = this.#accept(numUpdates, metric, UPDATE_ADVICE);
    if (!this.tInEpochs) this.act(numUpdates, accepted);
    this.lastMetric = accepted;
  }

  /**
   * The schedule's value for each group, before noise and `lrScale`.
   *
   * @param epoch - Finite, >= 0.
   * @returns null if t counts updates.
   */
  getEpochValues(epoch: number): number[] | null {
    checkT(epoch, this.name, EPOCH_ADVICE);
    return this.tInEpochs ? this.valuesAt(epoch) : null;
  }

  /**
   * The schedule's value for each group, before noise and `lrScale`.
   *
   * @param numUpdates - Finite, >= 0.
   * @returns null if t counts epochs.
   */
  getUpdateValues(numUpdates: number): number[] | null {
    checkT(numUpdates, this.name, UPDATE_ADVICE);
    return this.tInEpochs ? null : this.valuesAt(numUpdates);
  }

  /**
   * The schedule's value for each group, before noise and `lrScale`, whatever the unit of t.
   *
   * @param t - Finite, >= 0.
   */
  valuesAt(t: number): number[] {
    checkT(t, this.name, this.#advice());
    return this.#schedules.map((schedule) => schedule(t));
  }

  /**
   * The draw at t: `step` or `stepUpdate` multiplies every value by 1 + draw.
   *
   * @param t - Finite, >= 0; an integer where noise applies.
   * @returns null where no noise applies.
   */
  noiseAt(t: number): number | null {
    checkT(t, this.name, this.#advice());
    return this.noise(t);
  }

  /** State as plain JSON, for {@link Scheduler.loadStateDict}. */
  stateDict(): SchedulerState {
    const metric = this.lastMetric;
    return {
      version: 1,
      scheduler: this.name,
      field: this.#plan.options.paramGroupField,
      t: this.lastT,
      metric: Number.isNaN(metric) ? null : metric,
      baseValues: [...this.baseValues],
      values: this.groups.read(),
      options: this.#plan.saved,
    };
  }

  /**
   * Continues where another scheduler of the same class stopped: restores base values and the groups'
   * present values. Options stay those of this scheduler's constructor.
   *
   * @param state - What `stateDict` returned.
   * @param options - `keepBase`: keep this scheduler's base values and compute the present values anew.
   * @throws RangeError for the state of another class, field or number of groups, or a corrupted one; nothing
   * has changed then.
   */
  loadStateDict(state: SchedulerState, options: LoadOptions = {}): void {
    const { keepBase } = readOptions(this.name, loadChecks, options);
    this.refuseForeign(state);
    this.groups.checkSame();
    if (!keepBase) {
      this.#schedules = schedulesOf(state.baseValues, this.#plan);
      this.baseValues = [...state.baseValues];
      this.groups.writeBase(this.baseValues);
    }
    this.restore(state, keepBase);
    this.lastT = state.t;
    this.lastMetric = state.metric;
  }

  /** Refuses a state that is not this scheduler's. */
  protected refuseForeign(state: SchedulerState): void {
    checkState(state, this.name, this.#plan.options.paramGroupField, this.groups.count);
  }

  /** Sets the groups for t. */
  protected act(t: number, _metric: number | null): void {
    const draw = this.noise(t);
    const schedules = this.#schedules;
    const next = this.#next;
    let schedule: Schedule | undefined;
    let value = 0;
    for (let i = 0; i < schedules.length; i++) {
      // Neighbours mostly share theirs.
      if (schedules[i] !== schedule) {
        schedule = schedules[i];
        value = schedule?.(t) ?? 0;
        if (draw !== null) value += value * draw;
      }
      next[i] = value;
    }
    this.groups.write(next, true);
    this.lastT = t;
  }

  /** Sets the groups to what they held when `state` was saved. */
  protected restore(state: SchedulerState, keepBase: boolean): void {
    if (!keepBase) this.groups.write(state.values, false);
    else if (state.t === null) this.groups.write(this.startValues(), true);
    else this.act(state.t, state.metric);
  }

  /** The value of each group before the first step: base, or the start of the warm-up. */
  protected startValues(): number[] {
    const { warmupT, warmupLrInit } = this.#plan.own;
    if (warmupT > 0) return this.baseValues.map(() => warmupLrInit);
    return this.#plan.startsAtSchedule ? this.valuesAt(0) : [...this.baseValues];
  }

  /** The metric, null where there is none. */
  #accept(t: number, metric: number | null | undefined, advice: string): number | null {
    checkT(t, this.name, advice);
    if (metric !== undefined && metric !== null && typeof metric !== "number") {
      throw new TypeError(refusal(this.name, "metric", "a number, null or undefined", metric));
    }
    return metric ?? null;
  }

  #advice(): string {
    return this.tInEpochs ? EPOCH_ADVICE : UPDATE_ADVICE;
  }
}

/** The schedule of each base value, one for all groups of the same. */
function schedulesOf(baseValues: readonly number[], { build }: SchedulerPlan): Schedule[] {
  const schedules = new Map(baseValues.map((base) => [base, build(base)]));
  return baseValues.flatMap((base) => schedules.get(base) ?? []);
}
