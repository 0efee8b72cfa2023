/** Reads the numbers that timm printed, and drives a scheduler the way timm's was driven. */
import { readFileSync } from "node:fs";
import { camelCase } from "./nearest-name.ts";
import type { ParamGroup } from "./param-groups.ts";
import type { Scheduler } from "./scheduler.ts";

const folder = new URL("../../../test/golden/", import.meta.url);

/** A row of numbers, one for each group; null where the scheduler had no answer. */
export type Row = (number | null)[] | null;

/** One scheduler, driven call by call. */
export interface GoldenCase {
  id: string;
  scheduler: string;
  kwargs: Record<string, unknown>;
  groups: Record<string, number>[];
  drive: "step" | "step_update";
  ts: number[];
  metrics?: (number | null)[];
  lrs: Row[];
  values?: Row[] | null;
  noise?: (number | null)[];
  cycle_length?: [number, number, number];
  resume?: { at: number; load_state: boolean };
  lrs_resumed?: number[];
  raises?: { at: "construct" | number; type: string };
}

/** Reads a file below test/golden. */
export function readGolden<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, folder), "utf8"), revive);
}

/** Cases of one scheduler. */
export function readCases(scheduler: string): GoldenCase[] {
  return readGolden<{ cases: GoldenCase[] }>(`scheduler/${scheduler}.json`).cases;
}

/** Keys in camelCase. */
export function camelKeys(snake: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(snake).map(([key, value]) => [camelCase(key), value]));
}

/** An optimizer with the groups of a case. */
export function optimizerOf(groups: Record<string, number>[]): { paramGroups: ParamGroup[] } {
  return { paramGroups: groups.map((group) => camelKeys(group)) };
}

/** What a scheduler did: the same fields as a case. */
export interface Replay {
  lrs: Row[];
  values: Row[];
  noise: (number | null)[];
  resumed: number[] | null;
  /** What was thrown, by call. */
  errors: Map<number, unknown>;
}

/** Drives a scheduler as the case says. */
export function replay(
  golden: GoldenCase,
  create: (optimizer: { paramGroups: ParamGroup[] }) => Scheduler,
): Replay {
  let optimizer = optimizerOf(golden.groups);
  let scheduler = create(optimizer);
  const lrs = () => optimizer.paramGroups.map((group) => group.lr ?? Number.NaN);
  const result: Replay = { lrs: [lrs()], values: [], noise: [], resumed: null, errors: new Map() };
  golden.ts.forEach((t, i) => {
    if (golden.resume?.at === i) {
      const state = JSON.parse(JSON.stringify(scheduler.stateDict()));
      optimizer = { paramGroups: optimizer.paramGroups.map((group) => ({ ...group })) };
      scheduler = create(optimizer);
      if (golden.resume.load_state) scheduler.loadStateDict(state);
      result.resumed = lrs();
    }
    const metric = golden.metrics?.[i];
    try {
      if (golden.drive === "step") scheduler.step(t, metric);
      else scheduler.stepUpdate(t, metric);
      const acts = scheduler.tInEpochs === (golden.drive === "step");
      result.noise.push(acts ? scheduler.noiseAt(t) : null);
      result.values.push(
        golden.drive === "step" ? scheduler.getEpochValues(t) : scheduler.getUpdateValues(t),
      );
    } catch (error) {
      result.errors.set(i, error);
      result.noise.push(null);
      result.values.push(null);
    }
    result.lrs.push(lrs());
  });
  return result;
}

function revive(_key: string, value: unknown): unknown {
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  return value === "-Infinity" ? Number.NEGATIVE_INFINITY : value;
}

/** What one of Python's functions returned. */
export interface GoldenOperation {
  f: string;
  a: number[];
  r: number;
}

/** Arguments and results of one function, of `**`, `//`, `math.log` and the like. */
export function readOperations(name: string): GoldenOperation[] {
  return readGolden<{ ops: GoldenOperation[] }>("scheduler/libm.json").ops.filter(({ f }) => f === name);
}
