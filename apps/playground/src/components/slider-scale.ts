/** Positions of a slider. */
import type { Parameter } from "../schedule/parameter.ts";

/** Step in decades, from which on two digits tell the positions of a slider apart. */
const COARSE = 0.045;

/** A slider over a range of values. */
export interface SliderScale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Position of a value, inside of the range. */
  positionOf(value: number): number;
  /** Value at a position, a round number. */
  valueAt(position: number): number;
}

/**
 * A slider of even steps, or of even factors. Where the range says so, its first position stands for 0.
 *
 * @example
 * const scale = sliderScale({ min: 1e-4, max: 1, step: 0.05, scale: "log", zero: false });
 * scale.valueAt(20); // => 0.001
 */
export function sliderScale({ min, max, step, scale, zero }: Parameter["range"]): SliderScale {
  const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  if (scale === "linear") {
    const digits = Math.min(12, Math.max(decimals(step), decimals(min)));
    return {
      ...{ min, max, step },
      positionOf: (value) => within(value, min, max),
      valueAt: (position) => Number(position.toFixed(digits)),
    };
  }
  const low = Math.log10(min);
  const decades = Math.log10(max) - low;
  const first = zero ? 1 : 0;
  const last = first + Math.max(1, Math.round(decades / step));
  const digits = step < COARSE ? 3 : 2;
  return {
    ...{ min: 0, max: last, step: 1 },
    positionOf: (value) => {
      if (!(value > 0)) return 0;
      const share = (Math.log10(value) - low) / decades;
      return within(first + share * (last - first), first, last);
    },
    valueAt: (position) => {
      if (position < first) return 0;
      const share = (position - first) / (last - first);
      return Number((10 ** (low + share * decades)).toPrecision(digits));
    },
  };
}

function decimals(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}
