/** Arguments that were given. */
import type { TrainArguments } from "./arguments.ts";

/** Whether an argument was given; null and undefined count as not given. */
export function isGiven(given: Partial<TrainArguments>, name: string): boolean {
  const value: unknown = Object.entries(given).find(([key]) => key === name)?.[1];
  return value !== undefined && value !== null;
}
