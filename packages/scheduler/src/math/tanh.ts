import { powerOfTwo } from "./float64.ts";

/**
 * tanh x in the form that fdlibm gave glibc and V8, so that it gives Python's number: even a correctly
 * rounded tanh would differ from it in the last bit of every fifth argument.
 *
 * @param x - Any number.
 * @example
 * tanh(-1); // => -0.7615941559557649
 * @see Sun's fdlibm, `s_tanh.c` and `s_expm1.c`
 */
export function tanh(x: number): number {
  const a = Math.abs(x);
  return Math.sign(x) * tanhOfPositive(a);
}

function tanhOfPositive(a: number): number {
  if (a >= 22) return 1;
  if (a >= 1) return 1 - 2 / (expm1(2 * a) + 2);
  const e = expm1(-2 * a);
  return -e / (e + 2);
}

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
// Where the reduction begins, and where it subtracts more than one ln 2: high words 3fd62e43 and 3ff0a2b2.
const HALF_LN2 = 0.3465735912322998;
const THREE_HALVES_LN2 = 1.0397205352783203;

/** Coefficients of fdlibm's rational approximation of e^x - 1 near 0. */
const Q = [
  -0.03333333333333313, 0.0015873015872548146, -7.93650757867488e-5, 4.008217827329362e-6,
  -2.0109921818362437e-7,
] as const;

/** e^x - 1 for -2 <= x <= 44. */
function expm1(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -54) return x;
  if (size < HALF_LN2) {
    const half = 0.5 * x * x;
    return x - (x * correction(x, half) - half);
  }
  const k = size < THREE_HALVES_LN2 ? Math.sign(x) : Math.trunc(x / Math.LN2 + 0.5 * Math.sign(x));
  const high = x - k * LN2_HIGH;
  const lower = k * LN2_LOW;
  const r = high - lower;
  const lost = high - r - lower;
  const half = r * (0.5 * r);
  const e = r * (correction(r, half) - lost) - lost - half;
  return assemble(r, e, k);
}

/** fdlibm's e, with e^r - 1 = r - (r e - r² / 2). */
function correction(r: number, half: number): number {
  const r1 = 1 + half * (Q[0] + half * (Q[1] + half * (Q[2] + half * (Q[3] + half * Q[4]))));
  const t = 3 - r1 * (0.5 * r);
  return half * ((r1 - t) / (6 - r * t));
}

/** 2^k (1 + r - e) - 1, in the order that loses least. */
function assemble(r: number, e: number, k: number): number {
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) return (1 - (e - r)) * powerOfTwo(k) - 1;
  if (k < 20) return (1 - powerOfTwo(-k) - (e - r)) * powerOfTwo(k);
  return (r - (e + powerOfTwo(-k)) + 1) * powerOfTwo(k);
}
