/** Projection of steps: without the part along the weights, where that would only make them longer. */
import { cautionScale, cautious } from "./caution.ts";
import { nonNegative, type OptionChecks } from "./option-checks.ts";

/** Options of optimizers that project their steps. */
export type ProjectionOptions = {
  /** Steps are projected where the cosine of gradient and weights is below this / √(number of weights), >= 0. */
  readonly delta: number;
  /** Factor on the weight decay of tensors whose step is projected, >= 0. */
  readonly wdRatio: number;
  /** Added to denominators, >= 0. */
  readonly eps: number;
};

/** Checks of {@link ProjectionOptions}. */
export const projectionChecks: OptionChecks<ProjectionOptions> = {
  delta: nonNegative,
  wdRatio: nonNegative,
  eps: nonNegative,
};

/** Numbers of a channel, three for each: p·u and p·g over ‖p‖², and 1 / ‖p‖². */
let room = new Float64Array();
const perChannel = 3;

/**
 * Projects the step u of a tensor, in place (Heo et al., arXiv:2006.08217).
 *
 * A tensor of at least two dimensions is looked at by channels, its first dimension, then as a whole: where
 * |cos(g, p)| < delta / √n for all parts, n the elements of one, u -= p (p·u) / (‖p‖ + eps)² of each.
 *
 * Cautious: elements of u that go against the gradient, projected too, are left out, and the rest is projected again.
 *
 * @param u - At least as long as the gradient.
 * @returns Whether the tensor's step is projected.
 * @see timm `timm/optim/adamp.py`
 */
export function project(
  u: Float32Array,
  { shape, data: p }: { readonly shape: readonly number[]; readonly data: Float32Array },
  g: Float32Array,
  { delta, eps, caution }: ProjectionOptions & { readonly caution: boolean },
): boolean {
  const [channels = 1] = shape;
  const parts = shape.length > 1 ? partsToProject(u, p, g, { channels, delta, eps }) : null;
  if (parts !== null) {
    leaveOut(u, p, parts);
    if (caution) cautiousAcross(u, p, g, parts);
  } else if (caution) cautious(u, g);
  return parts !== null;
}

/**
 * The number of parts by which the step is projected, null: it is not; their numbers are in `room`.
 *
 * Sums of channels add up to those of the tensor, so that one pass does for both.
 */
function partsToProject(
  u: Float32Array,
  p: Float32Array,
  g: Float32Array,
  { channels, delta, eps }: { readonly channels: number; readonly delta: number; readonly eps: number },
): number | null {
  if (room.length < perChannel * channels) room = new Float64Array(perChannel * channels);
  const size = p.length / channels;
  const all = { along: 0, ofGradient: 0, weights: 0, gradient: 0 };
  let closest = 0;
  for (let c = 0; c < channels; c++) {
    let along = 0;
    let ofGradient = 0;
    let weights = 0;
    let gradient = 0;
    for (let i = c * size; i < (c + 1) * size; i++) {
      const w = p[i] ?? 0;
      const d = g[i] ?? 0;
      along += w * (u[i] ?? 0);
      ofGradient += w * d;
      weights += w * w;
      gradient += d * d;
    }
    all.along += along;
    all.ofGradient += ofGradient;
    all.weights += weights;
    all.gradient += gradient;
    closest = Math.max(closest, cosine(ofGradient, weights, gradient, eps));
    keep(c, along, ofGradient, (Math.sqrt(weights) + eps) ** 2);
  }
  if (closest < delta / Math.sqrt(size)) return channels;
  const { along, ofGradient, weights, gradient } = all;
  if (!(cosine(ofGradient, weights, gradient, eps) < delta / Math.sqrt(p.length))) return null;
  keep(0, along, ofGradient, (Math.sqrt(weights) + eps) ** 2);
  return 1;
}

function cosine(product: number, squares: number, otherSquares: number, eps: number): number {
  return Math.abs(product) / (Math.max(Math.sqrt(squares), eps) * Math.max(Math.sqrt(otherSquares), eps));
}

function keep(part: number, along: number, ofGradient: number, squares: number): void {
  const at = perChannel * part;
  room[at] = along / squares;
  room[at + 1] = ofGradient / squares;
  room[at + 2] = 1 / squares;
}

/** u -= p (p·u) / ‖p‖² of each part. */
function leaveOut(u: Float32Array, p: Float32Array, parts: number): void {
  const size = p.length / parts;
  for (let part = 0; part < parts; part++) {
    const share = room[perChannel * part] ?? 0;
    for (let i = part * size; i < (part + 1) * size; i++) u[i] = (u[i] ?? 0) - share * (p[i] ?? 0);
  }
}

/** Makes a projected step cautious: against the gradient without its part along the weights. */
function cautiousAcross(u: Float32Array, p: Float32Array, g: Float32Array, parts: number): void {
  const size = p.length / parts;
  let agreeing = 0;
  for (let part = 0; part < parts; part++) {
    const share = room[perChannel * part + 1] ?? 0;
    for (let i = part * size; i < (part + 1) * size; i++) {
      if ((u[i] ?? 0) * ((g[i] ?? 0) - share * (p[i] ?? 0)) > 0) agreeing++;
    }
  }
  const scale = cautionScale(agreeing, p.length);
  for (let part = 0; part < parts; part++) {
    const at = perChannel * part;
    const share = room[at + 1] ?? 0;
    let along = 0;
    for (let i = part * size; i < (part + 1) * size; i++) {
      const w = p[i] ?? 0;
      const step = u[i] ?? 0;
      const left = step * ((g[i] ?? 0) - share * w) > 0 ? scale * step : 0;
      u[i] = left;
      along += w * left;
    }
    room[at] = along * (room[at + 2] ?? 0);
  }
  leaveOut(u, p, parts);
}
