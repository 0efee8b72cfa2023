import { refusal } from "./errors.ts";
import type { OptimizerLike } from "./param-groups.ts";
import {
  checkThreshold,
  isMemory,
  nextPlateau,
  type PlateauOptions,
  type PlateauState,
  plateauChecks,
} from "./plateau.ts";
import { checkT, type ScheduleDefinition } from "./schedule.ts";
import { EPOCH_ADVICE, Scheduler } from "./scheduler.ts";
import { planScheduler, type SchedulerOptions, type SchedulerPlan } from "./scheduler-options.ts";
import { isListOf, type SavedPlateau, type SchedulerState } from "./state.ts";
import { ramp, type WarmupOptions, warmupChecks } from "./warmup.ts";

/** Options of {@link PlateauLRScheduler}. */
export interface PlateauLRSchedulerOptions
  extends PlateauOptions,
    Omit<WarmupOptions, "warmupPrefix">,
    Omit<SchedulerOptions, "tInEpochs"> {}

type Resolved = Required<PlateauOptions> & Required<Omit<WarmupOptions, "warmupPrefix">>;

const { warmupT, warmupLrInit } = warmupChecks;

const plateauSchedule: ScheduleDefinition<Resolved> = {
  checks: { ...plateauChecks, warmupT, warmupLrInit },
  build(options, where) {
    checkThreshold(where, options);
    return (base) => (options.warmupT > 0 ? ramp(where, options, base) : () => base);
  },
};

/**
 * Drops the learning rate when a metric stops improving: after more than `patienceT` epochs that are not
 * better than the best, each group's value becomes value × decayRate, but not less than `lrMin`.
 *
 * It remembers: values depend on the calls made, not on t alone. So `getEpochValues` and `getUpdateValues`
 * return null, and `stepUpdate` does nothing.
 *
 * @example
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const scheduler = new PlateauLRScheduler(optimizer, { patienceT: 1 });
 * [0.5, 0.6, 0.6, 0.6].forEach((top1, i) => scheduler.step(i + 1, top1));
 * optimizer.paramGroups[0]?.lr; // => 0.010000000000000002
 * @see timm `timm/scheduler/plateau_lr.py`
 */
export class PlateauLRScheduler extends Scheduler {
  readonly #options: Resolved;
  #memory: Memory = { best: null, numBadEpochs: 0, cooldownCounter: 0, lastEpoch: 0, restore: null };

  /**
   * @param optimizer - Whose groups to drive; each needs a finite `lr` >= 0.
   * @param options - All have defaults.
   * @throws RangeError if an option or a group's value is out of its range; TypeError if it is of another kind.
   */
  constructor(optimizer: OptimizerLike, options: PlateauLRSchedulerOptions = {}) {
    const plan = planScheduler("PlateauLRScheduler", plateauSchedule, options);
    refuseUpdates(plan);
    super(optimizer, plan);
    this.#options = plan.own;
  }

  /** null: there is no function of t. */
  override getEpochValues(epoch: number): null {
    checkT(epoch, this.name, EPOCH_ADVICE);
    return null;
  }

  /** @throws TypeError always: the values follow a metric, read them in the groups. */
  override valuesAt(t: number): never {
    const allowed = "asked of a function of t";
    throw new TypeError(
      refusal(this.name, "valuesAt", allowed, t, "read the groups: the values follow a metric"),
    );
  }

  /** null during warm-up too. */
  override noiseAt(epoch: number): number | null {
    checkT(epoch, this.name, EPOCH_ADVICE);
    return epoch <= this.#options.warmupT ? null : super.noiseAt(epoch);
  }

  override stateDict(): SchedulerState {
    const { best, ...memory } = this.#memory;
    return { ...super.stateDict(), plateau: { ...memory, best: asJson(best) } };
  }

  protected override refuseForeign(state: SchedulerState): void {
    super.refuseForeign(state);
    checkSaved(state, this.groups.count);
  }

  protected override act(epoch: number, metric: number | null): void {
    const { warmupT } = this.#options;
    if (epoch === 0 && warmupT === 0) return;
    this.groups.checkSame();
    if (epoch <= warmupT) this.groups.write(super.valuesAt(epoch), true);
    else this.#follow(epoch, metric);
    this.lastT = epoch;
  }

  /** Under another plan the rate that was come to stays; warm-up, noise and `lrMin` are those of the new one. */
  protected override restore(state: SchedulerState, same: boolean, epoch: number | null): void {
    const { restore, ...memory } = checkSaved(state, state.values.length);
    if (same) this.groups.write(state.values, false);
    if (same) this.#memory = { ...memory, restore };
    else this.#resume(memory, this.#steadyValues(state, restore), epoch);
  }

  #resume(memory: Omit<Memory, "restore">, steady: readonly number[], epoch: number | null): void {
    const { warmupT } = this.#options;
    if (epoch === null || (epoch <= warmupT && warmupT > 0)) {
      const values = epoch === null ? this.startValues() : super.valuesAt(epoch);
      this.groups.write(values, true);
      this.#memory = { ...memory, restore: null };
    } else this.#write(memory, steady, epoch);
  }

  /** What a state's groups hold without noise, for the base values and factors of these groups. */
  #steadyValues(state: SchedulerState, restore: readonly number[] | null): number[] {
    const { baseValues, lrScales } = state;
    const scales = this.groups.scales();
    const wasInWarmup = state.t !== null && state.t <= Number(state.options?.["warmupT"] ?? 0);
    const saved = restore ?? (wasInWarmup ? [] : state.values);
    return this.baseValues.map((base, i) => {
      const scale = scales[i] ?? 1;
      const [value, savedBase = base, savedScale = scale] = [saved[i], baseValues[i], lrScales?.[i]];
      const highest = base * scale;
      if (value === undefined || savedBase * savedScale === 0) return highest;
      const rebased = value * (base / savedBase) * (scale / savedScale);
      return Math.max(rebased, Math.min(this.#options.lrMin, highest));
    });
  }

  #follow(epoch: number, metric: number | null): void {
    const present = this.#memory.restore ?? this.groups.read();
    const { values, ...memory } = nextPlateau({ ...this.#memory, values: present }, metric, this.#options);
    this.#write(memory, values, epoch);
  }

  /** Sets the groups, with the noise of the epoch. */
  #write(memory: Omit<Memory, "restore">, values: readonly number[], epoch: number): void {
    const draw = this.noise(epoch);
    const noisy = draw === null ? values : values.map((value) => value + value * draw);
    this.groups.write(noisy, false);
    this.#memory = { ...memory, restore: draw === null ? null : values };
  }
}

type Memory = Omit<Required<PlateauState>, "values"> & Pick<SavedPlateau, "restore">;

function refuseUpdates({ name, options }: SchedulerPlan): void {
  if (options.tInEpochs) return;
  throw new RangeError(refusal(name, "tInEpochs", "true", false, "the metric is known once an epoch"));
}

function checkSaved({ plateau, field }: SchedulerState, groups: number): Memory {
  const least = field === "lr" ? 0 : -Infinity;
  const memory = plateau && { ...plateau, best: fromJson(plateau.best) };
  const isComplete = isMemory(memory) && (memory.restore === null || isListOf(memory.restore, groups, least));
  if (isComplete) return memory;
  const allowed = "what stateDict() returned";
  throw new RangeError(refusal("PlateauLRScheduler", "state.plateau", allowed, plateau));
}

/** JSON has no infinities. */
function asJson(best: number | null): SavedPlateau["best"] {
  if (best === Infinity) return "Infinity";
  return best === -Infinity ? "-Infinity" : best;
}

function fromJson(best: SavedPlateau["best"]): number | null {
  if (best === "Infinity") return Infinity;
  return best === "-Infinity" ? -Infinity : best;
}
