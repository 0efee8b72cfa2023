/** Gradient clipping: by the norm of all gradients, by value, or adaptively by the norm of the weights. */

import { arithmetic, elementCount, type GraphBuilder, type Value } from "@tsimm/autodiff";
import type { Parameter } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import { suggestion } from "../text/suggestion.ts";
import { l2Norm } from "./norm.ts";
import { concat, splitVector, sumSquaresOfRows, type VectorGraph } from "./vector-graph.ts";

/** `norm`: all gradients together; `value`: each element; `agc`: each unit against its weights. */
export type ClipMode = "norm" | "value" | "agc";

const clipModes: readonly ClipMode[] = ["norm", "value", "agc"];

/** Options of {@link clipGradients}. */
export interface ClipOptions {
  /** The limit, > 0: of the norm, of an element's size, or of a unit's gradient relative to its weights. */
  readonly clipGrad: number;
  readonly clipMode?: ClipMode;
}

/**
 * Clips gradients in place.
 *
 * norm: g *= min(1, clipGrad / (‖all g‖ + 1e-6)); value: each element into [-clipGrad, clipGrad];
 * agc (Brock et al., arXiv:2102.06171): per unit (row of a weight, whole vector of a 1-D tensor)
 * limit = clipGrad · max(‖w‖, 1e-3), and where ‖g‖ >= limit: g *= limit / max(‖g‖, 1e-6).
 *
 * @param params - In model order; `agc` leaves the last two (the classifier) alone. Those without a gradient are skipped.
 * @returns The norm of all gradients before clipping.
 * @throws RangeError for a limit that is not > 0 or an unknown mode.
 * @example
 * const data = Float32Array.of(1, 1);
 * const parameter = { name: "fc.bias", shape: [2], data, grad: Float32Array.of(3, 4) };
 * clipGradients([parameter], { clipGrad: 1 }); // => 5
 * [...parameter.grad].map((value) => value.toFixed(3)); // => ["0.600", "0.800"]
 * @see timm `timm/utils/clip_grad.py`, `timm/utils/agc.py`
 */
export function clipGradients(params: readonly Parameter[], options: ClipOptions): number {
  checkOptionNames("clipGradients", options, { clipGrad: true, clipMode: true });
  const { clipGrad, clipMode = "norm" } = options;
  if (!(clipGrad > 0)) throw new RangeError(`clipGradients: clipGrad must be a number > 0, got ${clipGrad}`);
  const norm = globalNorm(params);
  switch (clipMode) {
    case "norm":
      if (clipGrad < norm + 1e-6) scaleGradients(params, clipGrad / (norm + 1e-6));
      break;
    case "value":
      clipByValue(params, clipGrad);
      break;
    case "agc":
      for (const parameter of params.slice(0, -2)) clipByWeights(parameter, clipGrad);
      break;
    default:
      throw new RangeError(
        `clipGradients: clipMode must be one of ${clipModes.join(", ")}, got "${clipMode}"${suggestion(clipMode, clipModes)}`,
      );
  }
  return norm;
}

/** The Euclidean norm of all gradients together. */
export function globalNorm(params: readonly Parameter[]): number {
  let sum = 0;
  for (const { grad } of params) if (grad !== null) sum += l2Norm(grad) ** 2;
  return Math.sqrt(sum);
}

function scaleGradients(params: readonly Parameter[], factor: number): void {
  for (const { grad } of params) if (grad !== null) scale(grad, 0, grad.length, factor);
}

function clipByValue(params: readonly Parameter[], limit: number): void {
  for (const { grad } of params) {
    if (grad === null) continue;
    for (let i = 0; i < grad.length; i++) grad[i] = Math.min(limit, Math.max(-limit, grad[i] ?? 0));
  }
}

function clipByWeights({ data, grad, shape }: Parameter, clipGrad: number): void {
  if (grad === null) return;
  const units = shape.length > 1 ? (shape[0] ?? 1) : 1;
  const size = data.length / units;
  for (let start = 0; start < data.length; start += size) {
    const limit = clipGrad * Math.max(l2Norm(data, start, start + size), 1e-3);
    const norm = l2Norm(grad, start, start + size);
    if (norm >= limit) scale(grad, start, start + size, limit / Math.max(norm, 1e-6));
  }
}

function scale(values: Float32Array, start: number, end: number, factor: number): void {
  for (let i = start; i < end; i++) values[i] = (values[i] ?? 0) * factor;
}

/** Vectors of a group of parameters in a graph. */
export interface GroupVectors {
  readonly vectors: VectorGraph;
  /** The weights. */
  readonly data: Value;
  /** The gradients. */
  readonly grad: Value;
}

/** Options of {@link clipGraph}. */
export interface ClipGraphOptions {
  /** As in {@link clipGradients}; null: the gradients stay. */
  readonly clipGrad: number | null;
  readonly clipMode: ClipMode;
  /** Names of parameters that `agc` leaves alone: the last two of the model. */
  readonly unclipped: ReadonlySet<string>;
  /** Further vectors of gradients, which nobody uses: their norm counts. */
  readonly others?: readonly Value[];
}

/** Gradients that {@link clipGraph} has clipped. */
export interface ClippedVectors {
  /** The vector of each group. */
  readonly grads: readonly Value[];
  /** Norm of all gradients before, a float32 scalar. */
  readonly norm: Value;
  /** Norm of the groups' gradients after, a float32 scalar. */
  readonly clippedNorm: Value;
}

/** {@link clipGradients} as nodes of a graph. */
export function clipGraph(
  builder: GraphBuilder,
  groups: readonly GroupVectors[],
  { clipGrad, clipMode, unclipped, others = [] }: ClipGraphOptions,
): ClippedVectors {
  const math = arithmetic(builder);
  const before = groups.map(({ grad }) => grad);
  const norm = globalNormNodes(builder, [...before, ...others]);
  const normBefore = others.length === 0 ? norm : globalNormNodes(builder, before);
  if (clipGrad === null) return { grads: before, norm, clippedNorm: normBefore };
  if (clipMode === "norm") {
    const factor = builder.op("Min", [math.div(clipGrad, math.add(norm, 1e-6)), math.constant(1)]);
    const grads = before.map((grad) => math.mul(grad, factor));
    return { grads, norm, clippedNorm: math.mul(normBefore, factor) };
  }
  const grads =
    clipMode === "value"
      ? before.map((grad) => builder.op("Clip", [grad, math.constant(-clipGrad), math.constant(clipGrad)]))
      : groups.map((group) => clipByWeightsNodes(builder, group, clipGrad, unclipped));
  return { grads, norm, clippedNorm: globalNormNodes(builder, grads) };
}

function globalNormNodes(builder: GraphBuilder, vectors: readonly Value[]): Value {
  const math = arithmetic(builder);
  const ofRows = concat(
    builder,
    vectors.map((vector) => sumSquaresOfRows(builder, vector)),
  );
  return math.unary("Sqrt", math.sum(ofRows, [0]));
}

function clipByWeightsNodes(
  builder: GraphBuilder,
  { vectors, data, grad }: GroupVectors,
  clipGrad: number,
  unclipped: ReadonlySet<string>,
): Value {
  const math = arithmetic(builder);
  const weights = vectors.split(data);
  const gradients = vectors.split(grad);
  const clipped = vectors.layout.parts.flatMap(({ name, shape }, index) => {
    if (unclipped.has(name)) return [];
    const units = shape.length > 1 ? (shape[0] ?? 1) : 1;
    return [{ index, units, rows: [units, elementCount(shape) / units] }];
  });
  if (clipped.length === 0) return grad;
  const norms = (tensors: readonly Value[]) => {
    const ofUnits = clipped.flatMap(({ index, rows }) => {
      const tensor = tensors[index];
      return tensor ? [sumSquaresOfRows(builder, math.reshape(tensor, rows))] : [];
    });
    return math.unary("Sqrt", concat(builder, ofUnits));
  };
  const atLeast = (x: Value, bound: number) => builder.op("Max", [x, math.constant(bound)]);
  const limits = math.mul(atLeast(norms(weights), 1e-3), clipGrad);
  const ofGradients = norms(gradients);
  const quotients = math.div(limits, atLeast(ofGradients, 1e-6));
  const factors = math.where(math.positive(math.sub(limits, ofGradients)), 1, quotients);
  const ofTensors = splitVector(
    builder,
    factors,
    clipped.map(({ units }) => units),
  );
  const results = [...gradients];
  for (const [i, { index, units, rows }] of clipped.entries()) {
    const [gradient, factor] = [gradients[index], ofTensors[i]];
    if (gradient && factor) {
      results[index] = math.mul(math.reshape(gradient, rows), math.reshape(factor, [units, 1]));
    }
  }
  return vectors.join(results);
}
