/** Positions of a slider. */
import type { Parameter } from "../schedule/parameter.ts";

/** Positions in a decade of a logarithmic slider, so few that two digits tell them apart. */
const PER_DECADE = 20;
/** Share of the greatest value at the first position above 0, where a logarithmic slider begins at 0. */
const LEAST = 1e-6;

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
 * A slider of even steps, or of a logarithmic range, whose values have two digits. A range that begins at 0 has
 * the 0 at its first position.
 *
 * @example
 * const scale = sliderScale({ min: 1e-4, max: 1, step: 1e-4, scale: "log" });
 * scale.valueAt(20); // => 0.001
 */
export function sliderScale({ min, max, step, scale }: Parameter["range"]): SliderScale {
  const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  if (scale === "linear") {
    const digits = Math.min(12, decimals(step) + decimals(min));
    return {
      ...{ min, max, step },
      positionOf: (value) => within(value, min, max),
      valueAt: (position) => Number(position.toFixed(digits)),
    };
  }
  const fromZero = !(min > 0);
  const low = Math.log(fromZero ? max * LEAST : min);
  const high = Math.log(max);
  const first = fromZero ? 1 : 0;
  const last = first + Math.max(1, Math.round(PER_DECADE * ((high - low) / Math.LN10)));
  return {
    ...{ min: 0, max: last, step: 1 },
    positionOf: (value) => {
      if (!(value > 0)) return 0;
      const share = (Math.log(value) - low) / (high - low);
      return within(first + share * (last - first), first, last);
    },
    valueAt: (position) => {
      if (position < first) return 0;
      const share = (position - first) / (last - first);
      return Number(Math.exp(low + share * (high - low)).toPrecision(2));
    },
  };
}

function decimals(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}
