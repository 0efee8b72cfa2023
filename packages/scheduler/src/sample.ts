import { refusal } from "./errors.ts";
import { number } from "./options.ts";
import type { Schedule } from "./schedule.ts";

/**
 * The values of a schedule at t = 0 … n - 1, for charts, tables and tests.
 *
 * @param schedule - Any function of t.
 * @param n - How many, an integer >= 0.
 * @returns float64 [n].
 * @throws RangeError if n is not an integer >= 0, or too large for the memory.
 * @example
 * sample((t) => 2 ** -t, 3); // => Float64Array.of(1, 0.5, 0.25)
 */
export function sample(schedule: Schedule, n: number): Float64Array {
  if (typeof schedule !== "function") {
    throw new TypeError(refusal("sample", "schedule", "a function of t", schedule));
  }
  const length = number({ atLeast: 0, below: 2 ** 32, integer: true })(n, "sample", "n");
  const values = allocate(length);
  for (let t = 0; t < length; t++) values[t] = schedule(t);
  return values;
}

function allocate(length: number): Float64Array {
  try {
    return new Float64Array(length);
  } catch {
    throw new RangeError(refusal("sample", "n", "such that 8 n bytes fit into memory", length));
  }
}
