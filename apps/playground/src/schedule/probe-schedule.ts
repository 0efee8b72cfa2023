/** The training flags that a schedule reads, found by trying them. */
import { createScheduler, findSchedule, type SchedulerArgs } from "@tsimm/scheduler";
import { type Flag, scheduleFlags } from "tsimm/plot";
import type { SettingValue } from "./settings.ts";

/** A training flag that changes something about a schedule. */
export interface ReadFlag {
  readonly name: string;
  readonly flag: Flag;
  /** Option of the class that it sets; null: none. */
  readonly option: string | null;
  /** Value of that option where the flag has none. */
  readonly optionDefault: unknown;
}

/** Outcome of flags: options, base rate and length. */
interface Outcome {
  readonly options: Readonly<Record<string, unknown>>;
  readonly rest: string;
}

/**
 * The flags that a schedule reads, in the order of the table: those that change an option of its class, its base rate or
 * the length of its run. So a schedule that a program has registered is known as well as those built in.
 *
 * @param sched - Name of a schedule.
 * @throws RangeError for a name that no schedule has.
 */
export function probeSchedule(sched: string): readonly ReadFlag[] {
  const definition = findSchedule(sched);
  const rows = scheduleFlags();
  const plain = { ...Object.fromEntries(rows.map(([name, flag]) => [name, flag.default])), lr: 0.1, sched };
  const first = outcomeOf(plain);
  const found = rows.flatMap(([name, flag]): ReadFlag[] => {
    if (name === "sched") return [];
    const own = Object.hasOwn(definition.flags, name);
    const changed = otherValues(name, flag)
      .map((value) => outcomeOf({ ...plain, [name]: value }))
      .find((outcome) => outcome !== null && first !== null && differs(outcome, first));
    if (!own && !changed) return [];
    const option = own ? name : changedOption(name, flag, first, changed);
    return [{ name, flag, option, optionDefault: option === null ? undefined : first?.options[option] }];
  });
  // Of two flags for one option the one of its name is shown: `power`, not `decayRate` in its place.
  return found.filter(
    ({ name, option }) =>
      option === null ||
      option === name ||
      !found.some((other) => other.name === option && other.option === option),
  );
}

function outcomeOf(args: Readonly<Record<string, unknown>> & SchedulerArgs): Outcome | null {
  try {
    const optimizer = { paramGroups: [{ lr: args.lr ?? 0 }] };
    const { scheduler, numEpochs } = createScheduler(args, optimizer, { updatesPerEpoch: 1 });
    const { options = {}, baseValues } = scheduler.stateDict();
    return { options, rest: JSON.stringify({ baseValues, numEpochs }) };
  } catch {
    // A value that this schedule refuses.
    return null;
  }
}

function differs(one: Outcome, other: Outcome): boolean {
  return one.rest !== other.rest || JSON.stringify(one.options) !== JSON.stringify(other.options);
}

/** The option that a flag changes: of those that do, the one of its name, else one of its kind. */
function changedOption(
  name: string,
  { type }: Flag,
  first: Outcome | null,
  changed: Outcome | null | undefined,
): string | null {
  if (!first || !changed) return null;
  const names = Object.keys(changed.options).filter(
    (option) => JSON.stringify(changed.options[option]) !== JSON.stringify(first.options[option]),
  );
  const isOfKind = (option: string) => (type === "flag") === (typeof changed.options[option] === "boolean");
  return names.find((option) => option === name) ?? names.find(isOfKind) ?? null;
}

/** Values of a flag beside its default, most of which a schedule takes. */
function otherValues(
  name: string,
  { type, default: fallback, choices, min = 0, above, max, below }: Flag,
): SettingValue[] {
  const most = max ?? below ?? Number.POSITIVE_INFINITY;
  const isAllowed = (value: number) =>
    value >= min && value > (above ?? -1) && value <= most && value !== below;
  switch (type) {
    case "flag":
      return [fallback !== true];
    case "string":
      return name === "evalMetric" ? ["loss"] : (choices ?? []).filter((choice) => choice !== fallback);
    case "int":
    case "float": {
      const value = typeof fallback === "number" ? fallback : 0;
      const whole = [value + 1, value - 1, 2 * value, value + 7].filter(isAllowed);
      return type === "int"
        ? whole
        : [value / 2, ...whole, 0.25, 0.5].filter((one) => isAllowed(one) && one !== value);
    }
    case "ints":
    case "floats":
      return Array.isArray(fallback) ? [[1, 2], [1, 2, 3], [1]] : [[0.25, 0.5], [1, 2], [1], [1, 2, 3]];
    default:
      return [];
  }
}
