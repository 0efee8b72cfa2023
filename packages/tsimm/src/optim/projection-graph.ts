/** Projection of steps as nodes of a graph. */
// Types alone: a definition is loaded where nothing is trained, by `tsimm schedule`.
import type { Value } from "@tsimm/autodiff";
import { cautiousNodes } from "./caution.ts";
import { nonZero } from "./graph-terms.ts";
import type { UpdateGraphContext } from "./optimizer-graph.ts";
import type { ProjectionOptions } from "./projection.ts";
import type { VectorGraph } from "./vector-graph.ts";
import { packVector, type VectorPart } from "./vector-layout.ts";

type Context = UpdateGraphContext<ProjectionOptions & { readonly caution: boolean }, unknown>;

/** A tensor as rows, one for each channel. */
interface Rows {
  readonly channels: number;
  readonly size: number;
  /** A tensor of fewer dimensions is never projected. */
  readonly projects: boolean;
}

/** Steps that are projected where they have to be. */
export interface ProjectedStep {
  /** Vector of the steps. */
  readonly step: Value;
  /** 1 where a tensor's step is projected, else 0, [tensors]. */
  readonly projected: Value;
}

/** `project` for each tensor of the vector of steps. */
export function projectNodes(context: Context, step: Value): ProjectedStep {
  const { math, group, data, grad } = context;
  const { along, projected } = partsAlong(context);
  const across = (vector: Value) => math.sub(vector, math.mul(data, along(vector)));
  const once = across(step);
  if (!group.caution) return { step: once, projected };
  return { step: across(cautiousNodes(context, once, across(grad))), projected };
}

/** The weights after decoupled decay by the scalar `decay`, times `wdRatio` in tensors whose step is projected. */
export function projectedDecay({ math, group, data, vectors, scalar }: Context, projected: Value): Value {
  if (group.weightDecay === 0) return data;
  const ratios = math.add(math.mul(projected, group.wdRatio - 1), 1);
  const keep = math.sub(1, math.mul(ratios, scalar("decay")));
  return math.mul(data, vectors.spread(keep));
}

/** Shares of the weights in vectors, where steps are projected. */
function partsAlong(context: Context): {
  /** p·x / ‖p‖² of the part of each element, 0 where nothing is projected. */
  along(x: Value): Value;
  readonly projected: Value;
} {
  const { builder, math, group, data, grad, vectors } = context;
  const eps = nonZero(group.eps);
  const tensors = vectors.layout.parts.map(rowsOf);
  const channels = channelVectors(context, tensors);
  const less = (a: Value, b: Value) => builder.op("Less", [a, b]);
  const norm = (squares: Value) => math.unary("Sqrt", squares);
  const atLeast = (x: Value) => builder.op("Max", [x, math.constant(eps)]);
  const cosine = (product: Value, weights: Value, gradient: Value) =>
    math.div(math.div(math.unary("Abs", product), atLeast(weights)), atLeast(gradient));
  const limit = (size: number) => group.delta / Math.sqrt(size);

  const products = channels.sums(math.mul(data, grad));
  const weights = norm(channels.sums(math.mul(data, data)));
  const gradients = norm(channels.sums(math.mul(grad, grad)));
  const limits = tensors.map(({ channels, size, projects }) =>
    new Float32Array(channels).fill(projects ? limit(size) : -1),
  );
  const ofChannels = cosine(products, weights, gradients);
  const far = math.where(less(ofChannels, channels.constant(limits)), 0, 1);
  const byChannel = math.where(math.positive(channels.vectors.sumSquares(far)), 0, 1);

  const allWeights = norm(vectors.sumSquares(data));
  const ofTensors = cosine(channels.vectors.sum(products), allWeights, norm(vectors.sumSquares(grad)));
  const tensorLimits = Float32Array.from(tensors, ({ channels, size, projects }) =>
    projects ? limit(channels * size) : -1,
  );
  const whole = less(
    ofTensors,
    builder.constant({ dtype: "float32", shape: [tensors.length], data: tensorLimits }),
  );
  const byTensor = math.mul(math.where(whole, 1, 0), math.sub(1, byChannel));

  const perSquare = (x: Value, norm: Value) => {
    const divisor = math.add(norm, eps);
    return math.div(math.div(x, divisor), divisor);
  };
  const { spread } = channels.vectors;
  return {
    along(x) {
      const sums = channels.sums(math.mul(data, x));
      const ofChannel = math.mul(perSquare(sums, weights), spread(byChannel));
      const ofTensor = math.mul(perSquare(channels.vectors.sum(sums), allWeights), byTensor);
      return channels.spread(math.add(ofChannel, spread(ofTensor)));
    },
    projected: math.add(byChannel, byTensor),
  };
}

function rowsOf({ shape }: VectorPart): Rows {
  const [channels = 1, ...rest] = shape;
  const size = rest.reduce((product, length) => product * length, 1);
  const projects = shape.length > 1;
  return projects ? { channels, size, projects } : { channels: 1, size: channels, projects };
}

/** Vectors of a number per channel. */
interface ChannelVectors {
  readonly vectors: VectorGraph;
  /** Sums over the elements of each channel of a vector of the weights' layout. */
  sums(vector: Value): Value;
  /** A vector of the weights' layout: the number of its channel for each element. */
  spread(numbers: Value): Value;
  /** Numbers of each tensor's channels; 1 in places behind them. */
  constant(numbers: readonly Float32Array[]): Value;
}

function channelVectors({ builder, math, vectors }: Context, tensors: readonly Rows[]): ChannelVectors {
  const { parts } = vectors.layout;
  const ofChannels = vectors.ofParts(
    parts.map(({ name }, i) => ({ name, shape: [tensors[i]?.channels ?? 1] })),
  );
  const { layout } = ofChannels;
  return {
    vectors: ofChannels,
    sums: (vector) =>
      ofChannels.join(
        vectors.split(vector).map((tensor, i) => {
          const { channels = 1, size = 1 } = tensors[i] ?? {};
          return math.sum(math.reshape(tensor, [channels, size]), [1]);
        }),
      ),
    spread: (numbers) =>
      vectors.join(
        ofChannels.split(numbers).map((tensor, i) => {
          const { channels = 1, size = 1 } = tensors[i] ?? {};
          return math.expand(math.reshape(tensor, [channels, 1]), [channels, size]);
        }),
      ),
    constant(numbers) {
      const data = packVector(layout, numbers);
      const behind = packVector(
        layout,
        numbers.map((array) => new Float32Array(array.length).fill(1)),
      );
      for (const [i, taken] of behind.entries()) if (taken === 0) data[i] = 1;
      return builder.constant({ dtype: "float32", shape: layout.shape, data });
    },
  };
}
