import { refusal } from "./errors.ts";
import { followCurve, type Motion } from "./motion.ts";
import { createNoise } from "./noise.ts";
import { readOptions } from "./options.ts";
import { GroupField, type OptimizerLike } from "./param-groups.ts";
import { checkT } from "./schedule.ts";
import type { SchedulerPlan } from "./scheduler-options.ts";
import {
  checkState,
  hasOptions,
  type LoadOptions,
  loadChecks,
  pointOf,
  type SchedulerState,
} from "./state.ts";

/** What to pass as t that counts epochs. */
export const EPOCH_ADVICE = "pass epoch + 1 at the end of an epoch";

/**
 * Drives one field, mostly `lr`, of an optimizer's parameter groups.
 *
 * A loop calls `step(epoch + 1, metric)` at the end of each epoch and `stepUpdate(numUpdates)` after each
 * update; the one that does not fit `tInEpochs` does nothing. Values are functions of t: any order,
 * repeats and jumps give the same numbers ({@link PlateauLRScheduler} excepted). For a schedule of your own
 * use {@link FunctionScheduler}, or {@link defineSchedule} for one with options and a name.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler: Scheduler = new StepLRScheduler(optimizer, { decayT: 30, decayRate: 0.5 });
 * scheduler.step(30);
 * optimizer.paramGroups[0].lr; // => 0.05
 * @see timm `timm/scheduler/scheduler.py`
 */
export abstract class Scheduler {
  /** Whose groups are driven. */
  readonly optimizer: OptimizerLike;
  /** Whether t counts epochs (`step` acts) or updates (`stepUpdate` acts). */
  readonly tInEpochs: boolean;
  /**
   * Updates in an epoch, null where that is not known; {@link createScheduler} sets it. It turns the t of a state that
   * counts in another unit into this one's, and tells a run that forgets `step`.
   */
  updatesPerEpoch: number | null = null;
  protected readonly name: string;
  readonly #plan: SchedulerPlan;
  readonly #groups: GroupField;
  readonly #motion: Motion;
  #baseValues: readonly number[];
  #lastT: number | null = null;
  #lastMetric: number | null = null;
  /** Calls in the other unit before the first that acts. */
  #idleCalls: number | null = 0;

  protected constructor(optimizer: OptimizerLike, plan: SchedulerPlan) {
    const { name, options, motion = followCurve } = plan;
    this.optimizer = optimizer;
    this.#plan = plan;
    this.name = name;
    this.tInEpochs = options.tInEpochs;
    this.#groups = new GroupField(name, optimizer, options.paramGroupField);
    this.#motion = motion(plan, this.#groups, createNoise(name, options));
    this.#baseValues = this.#groups.takeNew(options.initialize);
    this.#motion.rebase(this.#baseValues);
    this.#motion.begin();
    this.#groups.writeBase(this.#baseValues);
  }

  /**
   * To be called at the end of each epoch. Acts if `tInEpochs`.
   *
   * @param epoch - Number of epochs done, epoch + 1 in a loop from 0; an integer >= 0 where noise applies.
   * @param metric - What the epoch was worth; only {@link PlateauLRScheduler} uses it.
   * @throws RangeError for a negative or infinite epoch, parameter groups that came or went, or many calls
   * without one of `stepUpdate` where t counts updates.
   */
  step(epoch: number, metric?: number | null): void {
    this.#drive(epoch, metric, true);
  }

  /**
   * To be called after each update. Acts unless `tInEpochs`.
   *
   * @param numUpdates - Number of updates done, already counting this one.
   * @param metric - What the update was worth.
   * @throws RangeError for a negative or infinite count, parameter groups that came or went, or more calls
   * without one of `step`, where t counts epochs, than two epochs have updates (1,000,000 if `updatesPerEpoch` is not set).
   */
  stepUpdate(numUpdates: number, metric?: number | null): void {
    this.#drive(numUpdates, metric, false);
  }

  /**
   * The schedule's value for each group, before noise and `lrScale`.
   *
   * @param epoch - Finite, >= 0.
   * @returns null if t counts updates.
   */
  getEpochValues(epoch: number): number[] | null {
    this.#checkT(epoch, true);
    return this.tInEpochs ? this.valuesAt(epoch) : null;
  }

  /**
   * The schedule's value for each group, before noise and `lrScale`.
   *
   * @param numUpdates - Finite, >= 0.
   * @returns null if t counts epochs.
   */
  getUpdateValues(numUpdates: number): number[] | null {
    this.#checkT(numUpdates, false);
    return this.tInEpochs ? null : this.valuesAt(numUpdates);
  }

  /**
   * The schedule's value for each group, before noise and `lrScale`, whatever the unit of t.
   *
   * @param t - Finite, >= 0.
   */
  valuesAt(t: number): number[] {
    this.#checkT(t);
    return this.#motion.valuesAt(t);
  }

  /**
   * The draw at t: `step` or `stepUpdate` multiplies every value by 1 + draw.
   *
   * @param t - Finite, >= 0; an integer where noise applies.
   * @returns null where no noise applies.
   */
  noiseAt(t: number): number | null {
    this.#checkT(t);
    return this.#motion.noiseAt(t);
  }

  /**
   * Takes up parameter groups that were added to the optimizer since construction: their present `lr` is their base.
   * What the scheduler remembers stays.
   *
   * @throws RangeError or TypeError for a group that the constructor would refuse; nothing has changed then.
   */
  addGroups(): void {
    const state = this.stateDict();
    const added = this.#groups.takeNew(this.#plan.options.initialize);
    this.#rebase([...this.#baseValues, ...added]);
    this.#motion.restore(state, false, this.#lastT);
    this.#groups.writeBase(this.#baseValues);
  }

  /** State as plain JSON, for {@link Scheduler.loadStateDict}. */
  stateDict(): SchedulerState {
    return {
      version: 1,
      scheduler: this.name,
      field: this.#plan.options.paramGroupField,
      t: this.#lastT,
      metric: Number.isFinite(this.#lastMetric) ? this.#lastMetric : null,
      baseValues: [...this.#baseValues],
      values: this.#groups.read(),
      lrScales: this.#groups.scales(),
      options: this.#plan.saved,
      updatesPerEpoch: this.updatesPerEpoch,
      ...this.#motion.save?.(),
    };
  }

  /**
   * Continues where another scheduler of the same class stopped. Base values are the saved ones, options those of this
   * scheduler's constructor. Where these and every `lrScale` are the saved ones, the groups get the saved values;
   * where one has changed, they get what the new plan has at the saved t.
   *
   * A state that counts epochs is read by a scheduler that counts updates, and the other way round, if both know
   * `updatesPerEpoch`; otherwise the groups get their first values: call `step` or `stepUpdate` with the present t.
   *
   * @param state - What `stateDict` returned.
   * @param options - `keepBase`: keep this scheduler's base values.
   * @throws RangeError for the state of another class, field or number of groups, or a corrupted one; nothing
   * has changed then.
   */
  loadStateDict(state: SchedulerState, options: LoadOptions = {}): void {
    const { keepBase } = readOptions(this.name, loadChecks, options);
    checkState(state, this.name, this.#plan.options.paramGroupField, this.#groups.count);
    this.#motion.check?.(state);
    this.#groups.checkSame();
    const baseValues = this.#baseValues;
    const t = pointOf(state, this.tInEpochs, this.updatesPerEpoch);
    const { own, options: common } = this.#plan;
    const same =
      t === state.t &&
      hasOptions(state, { ...own, ...common }) &&
      (!keepBase || areEqual(baseValues, state.baseValues)) &&
      areEqual(this.#groups.scales(), state.lrScales ?? []);
    if (!keepBase) this.#rebase([...state.baseValues]);
    try {
      this.#motion.restore(state, same, t);
    } catch (error) {
      this.#rebase(baseValues);
      throw error;
    }
    this.#groups.writeBase(this.#baseValues);
    this.#lastT = t;
    this.#lastMetric = state.metric;
  }

  #rebase(baseValues: readonly number[]): void {
    this.#motion.rebase(baseValues);
    this.#baseValues = baseValues;
  }

  #drive(t: number, metric: number | null | undefined, inEpochs: boolean): void {
    this.#checkT(t, inEpochs);
    if (metric !== undefined && metric !== null && typeof metric !== "number") {
      throw new TypeError(refusal(this.name, "metric", "a number, null or undefined", metric));
    }
    if (inEpochs !== this.tInEpochs) this.#passOver();
    else {
      if (this.#motion.act(t, metric ?? null)) this.#lastT = t;
      this.#idleCalls = null;
    }
    this.#lastMetric = metric ?? null;
  }

  /** A call in the other unit, which a loop may make beside its own; alone it means that no rate ever changes. */
  #passOver(): void {
    if (this.#idleCalls === null) return;
    const { tInEpochs, updatesPerEpoch } = this;
    const [unknown, known] = tInEpochs ? [1_000_000, 2 * (updatesPerEpoch ?? 0)] : [99, 5];
    if (++this.#idleCalls <= (updatesPerEpoch === null ? unknown : known)) return;
    const [method, called] = tInEpochs
      ? ["step must be called at the end of each epoch", "stepUpdate"]
      : ["stepUpdate must be called after each update", "step"];
    const longEpochs = tInEpochs && updatesPerEpoch === null;
    throw new RangeError(
      `${this.name}: ${method}, got ${this.#idleCalls} calls of ${called} alone; ` +
        `set tInEpochs to ${!tInEpochs} if t counts ${tInEpochs ? "updates" : "epochs"}${longEpochs ? ", updatesPerEpoch if an epoch is that long" : ""}`,
    );
  }

  #checkT(t: number, inEpochs: boolean = this.tInEpochs): void {
    checkT(t, this.name, inEpochs ? EPOCH_ADVICE : "pass the number of updates done");
  }
}

function areEqual(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((value, i) => value === others[i]);
}
