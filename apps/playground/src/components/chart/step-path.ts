/** A rate in pixels. */
export interface SteppedLine {
  /** t of the rates, ascending. */
  readonly times: readonly number[];
  readonly rates: Float64Array;
  /** t at which the last rate ends. */
  readonly length: number;
}

/** Pixels of a value; not finite: it cannot be drawn. */
export type ToPixels = (value: number) => number;

/** Columns of a pixel: two, for sharp screens. */
const COLUMNS = 2;

/**
 * The path of a rate that holds until the next t. Of the t in a column of the screen only the first, the lowest,
 * the highest and the last rate are kept, so that a million of them draw as fast as a thousand.
 *
 * @returns Data of an SVG path, rounded to a tenth of a pixel; a rate that cannot be drawn leaves a gap.
 * @example
 * const line = { times: [0, 1, 2], rates: Float64Array.of(0.1, 0.1, 0.05), length: 3 };
 * stepPath(line, (t) => 10 * t, (rate) => 100 - 1000 * rate); // => "M0,0H20V50H30"
 */
export function stepPath({ times, rates, length }: SteppedLine, x: ToPixels, y: ToPixels): string {
  let path = "";
  let at: string | null = null;
  let column = Number.NaN;
  let lowest = 0;
  let highest = 0;
  let last = 0;
  // Rates of the column that were not drawn yet.
  let pending = false;
  const moveTo = (pixels: number) => {
    const rounded = tenth(pixels);
    if (rounded === at) return;
    path += `V${rounded}`;
    at = rounded;
  };
  const finishColumn = () => {
    if (!pending) return;
    moveTo(lowest);
    moveTo(highest);
    moveTo(last);
    pending = false;
  };
  for (let i = 0; i < times.length; i++) {
    const left = x(times[i] ?? 0);
    const top = y(rates[i] ?? Number.NaN);
    const here = Math.floor(left * COLUMNS);
    if (!Number.isFinite(top)) {
      finishColumn();
      if (at !== null) path += `H${tenth(left)}`;
      at = null;
      column = Number.NaN;
    } else if (here === column) {
      lowest = Math.max(lowest, top);
      highest = Math.min(highest, top);
      last = top;
      pending = true;
    } else {
      finishColumn();
      column = here;
      lowest = highest = last = top;
      const rounded = tenth(top);
      if (at === null) path += `M${tenth(left)},${rounded}`;
      else if (rounded !== at) path += `H${tenth(left)}V${rounded}`;
      at = rounded;
    }
  }
  finishColumn();
  return at === null ? path : `${path}H${tenth(x(length))}`;
}

function tenth(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}
