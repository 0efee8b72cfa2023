import { refusal } from "./errors.ts";
import { followCurve, type Motion } from "./motion.ts";
import type { Noise } from "./noise.ts";
import type { GroupField } from "./param-groups.ts";
import { isMemory, nextPlateau, type PlateauOptions, type PlateauState } from "./plateau.ts";
import type { SchedulerPlan } from "./scheduler-options.ts";
import { isListOf, type SavedPlateau, type SchedulerState } from "./state.ts";
import type { Ramp } from "./warmup.ts";

type Memory = Omit<Required<PlateauState>, "values"> & Pick<SavedPlateau, "restore">;

/** Groups that follow a metric: over a warm-up that is a function of t, then by what is remembered. */
export function followMetric(
  plan: SchedulerPlan<Required<PlateauOptions> & Ramp>,
  groups: GroupField,
  noise: Noise,
): Motion {
  const { name, own: options } = plan;
  const { warmupT } = options;
  if (!plan.options.tInEpochs) {
    throw new RangeError(refusal(name, "tInEpochs", "true", false, "the metric is known once an epoch"));
  }
  const warmup = followCurve(plan, groups, noise);
  let bases: readonly number[] = [];
  let memory: Memory = { best: null, numBadEpochs: 0, cooldownCounter: 0, lastEpoch: 0, restore: null };

  /** Sets the groups, with the noise of the epoch. */
  const write = (values: readonly number[], kept: Omit<Memory, "restore">, epoch: number) => {
    const draw = noise(epoch);
    const noisy = draw === null ? values : values.map((value) => value + value * draw);
    groups.write(noisy, false);
    memory = { ...kept, restore: draw === null ? null : values };
  };

  const follow = (epoch: number, metric: number | null) => {
    const present = memory.restore ?? groups.read();
    const { values, ...kept } = nextPlateau({ ...memory, values: present }, metric, options);
    write(values, kept, epoch);
  };

  /** Values of a state's groups without noise, for the base values and factors of these groups. */
  const steadyValues = (state: SchedulerState, restore: readonly number[] | null) => {
    const { baseValues, lrScales } = state;
    const scales = groups.scales();
    const wasInWarmup = state.t !== null && state.t <= Number(state.options?.["warmupT"] ?? 0);
    const saved = restore ?? (wasInWarmup ? [] : state.values);
    return bases.map((base, i) => {
      const scale = scales[i] ?? 1;
      const [value, savedBase = base, savedScale = scale] = [saved[i], baseValues[i], lrScales?.[i]];
      const highest = base * scale;
      if (value === undefined || savedBase * savedScale === 0) return highest;
      const rebased = value * (base / savedBase) * (scale / savedScale);
      return Math.max(rebased, Math.min(options.lrMin, highest));
    });
  };

  return {
    ...warmup,
    /** null during warm-up too. */
    noiseAt: (epoch) => (epoch <= warmupT ? null : noise(epoch)),
    rebase(baseValues) {
      warmup.rebase(baseValues);
      bases = baseValues;
    },
    act(epoch, metric) {
      if (epoch === 0 && warmupT === 0) return false;
      groups.checkSame();
      if (epoch <= warmupT) groups.write(warmup.valuesAt(epoch), true);
      else follow(epoch, metric);
      return true;
    },
    // Under another plan the rate that was come to stays; warm-up, noise and `lrMin` are those of the new one.
    restore(state, same, epoch) {
      const { restore, ...kept } = checkSaved(name, state, state.values.length);
      if (same) {
        groups.write(state.values, false);
        memory = { ...kept, restore };
        return;
      }
      const steady = steadyValues(state, restore);
      if (epoch !== null && !(epoch <= warmupT && warmupT > 0)) return write(steady, kept, epoch);
      if (epoch === null) warmup.begin();
      else groups.write(warmup.valuesAt(epoch), true);
      memory = { ...kept, restore: null };
    },
    check: (state) => void checkSaved(name, state, groups.count),
    save() {
      const { best, ...kept } = memory;
      return { plateau: { ...kept, best: asJson(best) } };
    },
  };
}

function checkSaved(where: string, { plateau, field }: SchedulerState, groups: number): Memory {
  const least = field === "lr" ? 0 : -Infinity;
  const memory = plateau && { ...plateau, best: fromJson(plateau.best) };
  const isComplete = isMemory(memory) && (memory.restore === null || isListOf(memory.restore, groups, least));
  if (isComplete) return memory;
  throw new RangeError(refusal(where, "state.plateau", "what stateDict() returned", plateau));
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
