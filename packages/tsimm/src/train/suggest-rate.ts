/** The learning rate that a range test suggests. */

/** Share of the points on each side that a slope is fitted to, and the least number of them. */
const WINDOW = { share: 0.08, least: 4 };
/** Share of the first loss that the curve has to fall by. */
const FALL = 0.02;
/** Multiple of the first loss above which a loss counts as that: one update that explodes bends no slope before it. */
const MOST = 2;

/** An update of a range test. */
interface Point {
  readonly lr: number;
  readonly loss: number;
}

/** A suggestion, and the curve that it is from. */
export interface SuggestedRate {
  /** Smoothed losses, one for each point. */
  readonly curve: readonly number[];
  /** null: the loss does not fall. */
  readonly suggestion: number | null;
}

/**
 * The rate at which the smoothed loss falls most steeply over the logarithm of the rate, before it is lowest.
 *
 * Value and slope at a point are those of the line that fits the losses around it best, nearer ones weighing more; so
 * smoothing moves no slope to a larger rate, as a running mean does.
 *
 * @param points - Rates ascending by a constant factor.
 * @example
 * const points = Array.from({ length: 41 }, (_, i) => {
 *   const power = -4 + i / 10;
 *   return { lr: 10 ** power, loss: 2 - Math.tanh(3 * (power + 2)) };
 * });
 * suggestRate(points).suggestion; // => 0.01
 */
export function suggestRate(points: readonly Point[]): SuggestedRate {
  const most = MOST * Math.abs(points[0]?.loss ?? 0);
  const losses = points.map(({ loss }) => Math.min(loss, most));
  const half = Math.max(WINDOW.least, Math.ceil(WINDOW.share * losses.length));
  const lines = losses.map((_, index) => lineAt(losses, index, half));
  const curve = lines.map(({ value }) => value);
  const lowest = curve.indexOf(Math.min(...curve));
  let [best, steepest] = [-1, 0];
  for (let index = half; index < Math.min(lowest, lines.length - half); index++) {
    const { slope = 0 } = lines[index] ?? {};
    if (slope < steepest) [best, steepest] = [index, slope];
  }
  const fall = (curve[0] ?? 0) - (curve[lowest] ?? 0);
  const isFalling = best >= 0 && fall > FALL * Math.abs(curve[0] ?? 0);
  return { curve, suggestion: isFalling ? (points[best]?.lr ?? null) : null };
}

/** The line of least squares through the values up to `half` away, with weights that fall linearly to 0 beyond. */
function lineAt(values: readonly number[], at: number, half: number): { value: number; slope: number } {
  let [w, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  for (let index = Math.max(0, at - half); index <= Math.min(values.length - 1, at + half); index++) {
    const x = index - at;
    const weight = half + 1 - Math.abs(x);
    const y = values[index] ?? 0;
    w += weight;
    wx += weight * x;
    wxx += weight * x * x;
    wy += weight * y;
    wxy += weight * x * y;
  }
  const spread = w * wxx - wx * wx;
  const slope = spread > 0 ? (w * wxy - wx * wy) / spread : 0;
  return { value: (wy - slope * wx) / w, slope };
}
