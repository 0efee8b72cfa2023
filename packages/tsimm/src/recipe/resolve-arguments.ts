/** Arguments of a run with the defaults of all that was not given. */
import { listSchedules } from "@tsimm/scheduler";
import { type TrainArguments, trainFlagRows } from "./arguments.ts";

/**
 * Fills in what was not given. A null or undefined value counts as not given.
 *
 * @param given - Layers of arguments; a later one beats an earlier one.
 * @example
 * resolveArguments({ epochs: 10 }, { epochs: 5, lr: null }).epochs; // => 5
 */
export function resolveArguments(...given: readonly Partial<TrainArguments>[]): TrainArguments {
  const resolved: Record<string, unknown> = {};
  for (const [name, flag] of trainFlagRows()) {
    const values = given.map((layer) => layer[name]).filter(isSet);
    resolved[name] = values.at(-1) ?? flag.default;
  }
  const args = resolved as unknown as TrainArguments;
  const decayIsGiven = given.some(({ decayEpochs }) => typeof decayEpochs === "number");
  if (decayIsGiven || !decaysAtEnd(args.sched)) return args;
  // The table's default is longer than a short run.
  return { ...args, decayEpochs: (3 * args.epochs) / 10 };
}

/** Whether a value counts as given; `{}` sets nothing. */
function isSet(value: unknown): boolean {
  const isEmptyMap =
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
  return value !== undefined && value !== null && !isEmptyMap;
}

/** An unknown name is an error elsewhere. */
function decaysAtEnd(sched: string): boolean {
  return listSchedules().some(({ name, traits }) => name === sched && traits.decaysAtEnd);
}
