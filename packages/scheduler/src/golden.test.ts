import { describe, expect, test } from "vitest";
import { camelKeys, type GoldenCase, type Replay, readCases, replay } from "./golden.fixture.ts";
import { StepLRScheduler } from "./index.ts";
import type { OptimizerLike } from "./param-groups.ts";
import type { Scheduler } from "./scheduler.ts";

type Create = (optimizer: OptimizerLike, options: never) => Scheduler;

const classes: Record<string, Create> = {
  step: (optimizer, options) => new StepLRScheduler(optimizer, options),
};

/** Where the package differs from timm on purpose, by id. */
const differences: { id: RegExp; reason: string; check: (golden: GoldenCase) => void }[] = [
  {
    id: /-decay-t-zero$|-noise-range-(empty|reversed|one)$|-multistep-\d+-unsorted$/,
    reason: "refused at construction, where timm accepts it or raises at some later call",
    check: (golden) => expect(() => run(golden)).toThrow(RangeError),
  },
  {
    id: /-negative-t/,
    reason: "a negative t is refused, where timm sets negative learning rates",
    check(golden) {
      const result = run(golden);
      golden.ts.forEach((t, i) => {
        if (t < 0) expect(result.errors.get(i)).toBeInstanceOf(RangeError);
        else expect(result.lrs[i + 1]).toEqual(golden.lrs[i + 1]);
      });
    },
  },
];

/** Powers that glibc rounds wrongly: the true value of 0.3878584659269614^26 is 0.50063 ulp away. */
const misrounded = new Map([["p-step-063-out-of-order", 1e-15]]);

function run(golden: GoldenCase): Replay {
  const create = classes[golden.scheduler];
  if (!create) throw new Error(`no class for ${golden.scheduler}`);
  const options = camelKeys(golden.kwargs);
  // timm stores noise_std and ignores it
  if (golden.noise) options.noiseStd = 1;
  return replay(golden, (optimizer) => create(optimizer, options as never));
}

function expectSame(golden: GoldenCase): void {
  if (golden.raises?.at === "construct") {
    expect(() => run(golden)).toThrow(RangeError);
    return;
  }
  const result = run(golden);
  const end = golden.raises ? golden.raises.at : golden.ts.length;
  expect([...result.errors.keys()]).toEqual(golden.raises ? [end] : []);
  for (const error of result.errors.values()) expect(error).toBeInstanceOf(RangeError);
  const close = misrounded.get(golden.id);
  const compare = (ours: unknown, theirs: unknown) => {
    if (close === undefined) expect(ours).toEqual(theirs);
    else expectClose(ours, theirs, close);
  };
  compare(result.lrs.slice(0, end + 1), golden.lrs);
  if (golden.values) compare(result.values.slice(0, end), golden.values);
  if (golden.noise) expect(result.noise.slice(0, end)).toEqual(golden.noise);
  else expect(result.noise.every((draw) => draw === null)).toBe(true);
  if (golden.resume) {
    const { at, load_state: loaded } = golden.resume;
    // timm goes back to the base or warm-up value even with a loaded state
    expect(result.resumed).toEqual(loaded ? golden.lrs[at] : golden.lrs_resumed);
  }
}

function expectClose(ours: unknown, theirs: unknown, tolerance: number): void {
  if (typeof ours === "number" && typeof theirs === "number") {
    expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(tolerance * Math.abs(theirs));
  } else if (Array.isArray(ours) && Array.isArray(theirs)) {
    expect(ours.length).toBe(theirs.length);
    ours.forEach((value, i) => {
      expectClose(value, theirs[i], tolerance);
    });
  } else {
    expect(ours).toEqual(theirs);
  }
}

describe.each(Object.keys(classes))("%s gives timm's numbers, bit for bit", (scheduler) => {
  test.each(readCases(scheduler).map((golden) => [golden.id, golden] as const))("%s", (id, golden) => {
    const difference = differences.find((entry) => entry.id.test(id));
    if (difference) difference.check(golden);
    else expectSame(golden);
  });
});

test("every documented difference has a case", () => {
  const ids = Object.keys(classes).flatMap((scheduler) => readCases(scheduler).map(({ id }) => id));
  for (const { id } of differences) expect(ids.some((known) => id.test(known))).toBe(true);
});
