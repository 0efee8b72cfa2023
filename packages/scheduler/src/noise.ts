import { refusal } from "./errors.ts";
import { type Check, type Checks, choice, number, readOptions } from "./options.ts";
import { TorchGenerator } from "./random/normal.ts";
import { checkT, type Schedule } from "./schedule.ts";

/** Random changes of a schedule's values, the same at the same t. */
export interface NoiseOptions {
  /** When noise applies: `a` for t >= a, `[a, b]` for a <= t < b, null (the default) for never. */
  readonly noiseRangeT?: number | readonly [number, number] | null;
  /** `"normal"` (the default) or `"uniform"`. */
  readonly noiseType?: "normal" | "uniform";
  /**
   * Bound of a draw, a fraction of the value, default 0.67: |draw| < noisePct. Above 1 a value can turn
   * negative. At least 0.0012533145 × `noiseStd` for normal noise.
   */
  readonly noisePct?: number;
  /** Standard deviation of a normal draw before those beyond `noisePct` are dropped, > 0, default 1. */
  readonly noiseStd?: number;
  /** The draw at t comes from a generator seeded `noiseSeed + t`; an integer, default and null: 42. */
  readonly noiseSeed?: number | bigint | null;
}

/** Noise options with their defaults. */
export interface ResolvedNoise extends Required<NoiseOptions> {
  readonly noiseSeed: number | bigint;
}

/** The draw at t, null where there is no noise. */
export type Noise = (t: number) => number | null;

/** Ratio of `noisePct` to `noiseStd` at which one normal draw in a thousand is accepted. */
const LEAST_RATIO = 0.0012533145;

const readBound = number({ atLeast: 0 });
const checkValue = number({});

const noiseRange: Check<number | readonly [number, number] | null> = (value, where, option) => {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return readBound(value, where, option);
  const allowed = "a number, a pair [from, to] with from < to, or null";
  if (!Array.isArray(value)) throw new TypeError(refusal(where, option, allowed, value));
  const [from, to]: unknown[] = value;
  if (value.length !== 2) throw new RangeError(refusal(where, option, allowed, value));
  const pair = [readBound(from, where, `${option}[0]`), readBound(to, where, `${option}[1]`)] as const;
  if (!(pair[0] < pair[1])) throw new RangeError(refusal(where, option, allowed, value));
  return pair;
};

const LEAST_SEED = -(2n ** 63n);
const GREATEST_SEED = 2n ** 64n - 1n;

const noiseSeed: Check<number | bigint> = (value, where, option) => {
  if (value === undefined || value === null) return 42;
  const allowed = "a safe integer, or a bigint from -2^63 to 2^64 - 1";
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new TypeError(refusal(where, option, allowed, value));
  }
  const fits = typeof value === "number" ? Number.isSafeInteger(value) : isSeed(value);
  if (!fits) throw new RangeError(refusal(where, option, allowed, value));
  return value;
};

/** Checks of noise options. */
export const noiseChecks: Checks<ResolvedNoise> = {
  noiseRangeT: noiseRange,
  noiseType: choice(["normal", "uniform"], "normal"),
  noisePct: number({ above: 0, fallback: 0.67 }),
  noiseStd: number({ above: 0, fallback: 1 }),
  noiseSeed,
};

/**
 * Noise from options that are read.
 *
 * @param where - Class or function, for messages.
 * @throws RangeError if fewer than one normal draw in a thousand would be accepted.
 */
export function createNoise(where: string, options: ResolvedNoise): Noise {
  const { noiseRangeT, noiseType, noisePct, noiseStd } = options;
  if (noiseType === "normal" && !(noisePct >= LEAST_RATIO * noiseStd)) refuseRareDraws(where, options);
  if (noiseRangeT === null) return () => null;
  const [from, to] = typeof noiseRangeT === "number" ? [noiseRangeT, Infinity] : noiseRangeT;
  const draw = (generator: TorchGenerator) =>
    noiseType === "uniform"
      ? 2 * (generator.uniform() - 0.5) * noisePct
      : normalWithin(generator, noiseStd, noisePct);
  // Four t in a row share the time that seeding takes.
  const generators = TorchGenerator.four();
  const draws: (number | null)[] = [];
  let first = Number.NaN;
  return (t) => {
    if (!(t >= from && t < to)) return null;
    const seed = seedAt(where, options.noiseSeed, t);
    const place = t % 4;
    if (t - place !== first) {
      TorchGenerator.seedFour(generators, seed - place);
      first = t - place;
      draws.fill(null);
    }
    const generator = generators[place];
    if (generator) draws[place] ??= draw(generator);
    return draws[place] ?? null;
  };
}

/**
 * The draw at t: a value there becomes value × (1 + draw).
 *
 * @param t - Epoch or update, an integer >= 0 where noise applies.
 * @param options - Noise options.
 * @returns The draw that timm with PyTorch accepts at this t, bit for bit, or null outside `noiseRangeT`.
 * @example
 * noiseAt(10, { noiseRangeT: [10, 40] }); // => -0.1455431878566742
 * noiseAt(40, { noiseRangeT: [10, 40] }); // => null
 */
export function noiseAt(t: number, options: NoiseOptions): number | null {
  checkT(t, "noiseAt", "pass an epoch or a number of updates");
  return createNoise("noiseAt", readOptions<ResolvedNoise>("noiseAt", noiseChecks, options))(t);
}

/**
 * Adds noise to a schedule.
 *
 * value(t) = schedule(t) × (1 + draw at t) where noise applies.
 *
 * @param schedule - Any function of t.
 * @param options - Noise options; without `noiseRangeT` there is none.
 * @returns The schedule with noise; the same t gives the same value.
 * @throws RangeError at a t that is not an integer where noise applies, or where the value is not finite.
 * @example
 * const lr = withNoise((t) => 0.5 ** Math.floor(t / 5) * 1e-4, { noiseRangeT: [10, 40] });
 * lr(9); // => 0.00005
 * lr(10); // => 0.000021361420303583147
 */
export function withNoise(schedule: Schedule, options: NoiseOptions): Schedule {
  if (typeof schedule !== "function") {
    throw new TypeError(refusal("withNoise", "schedule", "a function of t", schedule));
  }
  const noise = createNoise("withNoise", readOptions<ResolvedNoise>("withNoise", noiseChecks, options));
  return (t) => {
    checkT(t, "withNoise", "pass an epoch or a number of updates");
    const value = checkValue(schedule(t), "withNoise", "schedule(t)");
    return value + value * (noise(t) ?? 0);
  };
}

/** The first normal draw of a seeded generator that lies within the bound. */
function normalWithin(generator: TorchGenerator, noiseStd: number, noisePct: number): number {
  for (;;) {
    const draw = noiseStd * generator.normal();
    if (Math.abs(draw) < noisePct) return draw;
  }
}

/** The low 32 bits of noiseSeed + t, which are all that the generator takes. */
function seedAt(where: string, noiseSeed: number | bigint, t: number): number {
  if (!Number.isInteger(t)) {
    const advice = "pass whole epochs or updates, or keep noiseRangeT away from this t";
    throw new RangeError(refusal(where, "t", "an integer where noise applies", t, advice));
  }
  const sum = Number(noiseSeed) + t;
  if (Number.isSafeInteger(sum) && typeof noiseSeed === "number") return sum >>> 0;
  const exact = BigInt(noiseSeed) + BigInt(t);
  if (!isSeed(exact)) {
    const allowed = `such that noiseSeed + t (t = ${t}) lies from -2^63 to 2^64 - 1`;
    throw new RangeError(refusal(where, "noiseSeed", allowed, noiseSeed, "choose a smaller one"));
  }
  return Number(BigInt.asUintN(32, exact));
}

function isSeed(value: bigint): boolean {
  return value >= LEAST_SEED && value <= GREATEST_SEED;
}

function refuseRareDraws(where: string, { noisePct, noiseStd }: ResolvedNoise): never {
  const least = Number((LEAST_RATIO * noiseStd).toPrecision(5));
  // The density of a normal variable around 0 times the width of the accepted range.
  const accepted = Number(((100 * Math.sqrt(2 / Math.PI) * noisePct) / noiseStd).toPrecision(1));
  const allowed = `>= 0.0012533145 × noiseStd (= ${least})`;
  const advice = `only ${accepted} % of draws would be accepted, use noiseType "uniform" or a smaller noiseStd`;
  throw new RangeError(refusal(where, "noisePct", allowed, noisePct, advice));
}
