/** The update of Adafactor as nodes of a graph. */
// Types alone: a definition is loaded where nothing is trained, by `tsimm schedule`.
import type { GraphBuilder, Value } from "@tsimm/autodiff";
import {
  type AdafactorOptions,
  type AdafactorSlots,
  type FactoredShape,
  factor,
  relativeStepSize,
} from "./adafactor-state.ts";
import { meanSquares, nonZero } from "./graph-terms.ts";
import type { OptimizerGraph, UpdateGraphContext } from "./optimizer-graph.ts";

type Context = UpdateGraphContext<AdafactorOptions, AdafactorSlots>;
type Slots = Context["slots"];

/** Of `adafactor`: its formula says what is computed. */
export const adafactorGraph: OptimizerGraph<AdafactorOptions, AdafactorSlots> = {
  scalars: ({ lr, weightDecay, decayRate, relativeStep }, step) => ({
    lr: relativeStep ? relativeStepSize(step) : lr,
    decay: weightDecay,
    share: step ** decayRate,
  }),
  build(context) {
    const { builder, math, group, data, vectors, scalar } = context;
    const { change, slots } = scaledGradient(context);
    const rootMeanSquare = (vector: Value) => math.unary("Sqrt", meanSquares(context, vector));
    const atLeast = (x: Value, bound: number) => builder.op("Max", [x, math.constant(bound)]);
    const lr = group.relativeStep
      ? math.mul(atLeast(rootMeanSquare(data), group.epsScale), scalar("lr"))
      : scalar("lr");
    const excess = atLeast(math.mul(rootMeanSquare(change), 1 / group.clipThreshold), 1);
    const moved = math.mul(change, vectors.spread(math.div(lr, excess)));
    if (group.weightDecay === 0) return { data: math.sub(data, moved), slots };
    const decay = math.mul(lr, scalar("decay"));
    const lost = math.mul(data, group.relativeStep ? vectors.spread(decay) : decay);
    return { data: math.sub(math.sub(data, lost), moved), slots };
  },
};

/** u = g / √(running mean of g² + eps), the mean factored where a tensor is. */
function scaledGradient(context: Context): { readonly change: Value; readonly slots: Slots } {
  const { math, group, grad, slots, vectors } = context;
  const squares = math.add(math.mul(grad, grad), nonZero(group.eps));
  const shapes = vectors.layout.parts.map(({ shape }) => factor(shape));
  if (shapes.every((shape) => shape === null) && slots.exp_avg_sq) {
    const exp_avg_sq = blend(context, slots.exp_avg_sq, squares);
    return { change: math.div(grad, math.unary("Sqrt", exp_avg_sq)), slots: { exp_avg_sq } };
  }
  const tensors = vectors.split(squares).map((square, i) => ({ square, shape: shapes[i] ?? null }));
  const dense = denseRoots(
    context,
    tensors.filter(({ shape }) => shape === null).map(({ square }) => square),
  );
  const factored = factoredScales(
    context,
    tensors.flatMap(({ square, shape }) => (shape === null ? [] : [{ square, shape }])),
  );
  const changes = vectors.split(grad).map((g, i) => {
    const shape = shapes[i];
    if (!shape) return math.div(g, math.reshape(next(dense.roots), g.shape));
    const { byRow, byColumn } = next(factored.scales);
    return math.mul(math.mul(math.reshape(g, dimensions(shape)), byRow), byColumn);
  });
  return { change: vectors.join(changes), slots: { ...dense.slots, ...factored.slots } };
}

/** Roots of the running means of tensors that are not factored, in their order. */
function denseRoots(
  context: Context,
  squares: readonly Value[],
): { readonly roots: Iterator<Value>; readonly slots: Slots } {
  const { math, slots, slotVectors } = context;
  if (!slots.exp_avg_sq || !slotVectors.exp_avg_sq) return { roots: [].values(), slots: {} };
  const exp_avg_sq = blend(context, slots.exp_avg_sq, slotVectors.exp_avg_sq.join(squares));
  const roots = slotVectors.exp_avg_sq.split(math.unary("Sqrt", exp_avg_sq));
  return { roots: roots.values(), slots: { exp_avg_sq } };
}

/** Factors of the gradients of factored tensors, in their order. */
interface Scales {
  /** √(mean of row / row), [outer, columns, 1, inner]. */
  readonly byRow: Value;
  /** 1 / √column, [outer, 1, rows, inner]. */
  readonly byColumn: Value;
}

function factoredScales(
  context: Context,
  tensors: readonly { readonly square: Value; readonly shape: FactoredShape }[],
): { readonly scales: Iterator<Scales>; readonly slots: Slots } {
  const { builder, math, slots, slotVectors } = context;
  const { exp_avg_sq_row: rows, exp_avg_sq_col: columns } = slotVectors;
  if (!slots.exp_avg_sq_row || !slots.exp_avg_sq_col || !rows || !columns) {
    return { scales: [].values(), slots: {} };
  }
  const means = (axis: number) =>
    tensors.map(({ square, shape }) => mean(builder, math.reshape(square, dimensions(shape)), axis));
  const exp_avg_sq_row = blend(context, slots.exp_avg_sq_row, rows.join(means(2)));
  const exp_avg_sq_col = blend(context, slots.exp_avg_sq_col, columns.join(means(1)));
  const ofRows = rows.split(exp_avg_sq_row);
  const ofColumns = columns.split(math.div(1, math.unary("Sqrt", exp_avg_sq_col)));
  const scales = tensors.map(({ shape }, i): Scales => {
    const { outer, columns, rows, inner } = shape;
    const [ofRow, ofColumn] = [ofRows[i], ofColumns[i]];
    if (!ofRow || !ofColumn) throw new RangeError("adafactor: slots do not fit the tensors");
    const row = math.reshape(ofRow, [outer, columns, 1, inner]);
    return {
      byRow: math.unary("Sqrt", math.div(mean(builder, row, 1), row)),
      byColumn: math.reshape(ofColumn, [outer, 1, rows, inner]),
    };
  });
  return { scales: scales.values(), slots: { exp_avg_sq_row, exp_avg_sq_col } };
}

function dimensions({ outer, columns, rows, inner }: FactoredShape): readonly number[] {
  return [outer, columns, rows, inner];
}

function mean(builder: GraphBuilder, x: Value, axis: number): Value {
  const axes = { dtype: "int64", shape: [1], data: BigInt64Array.of(BigInt(axis)) } as const;
  return builder.op("ReduceMean", [x, builder.constant(axes)], { keepdims: { type: "int", value: 1 } });
}

/** The running mean after new values, by the share of the update. */
function blend({ math, scalar }: Pick<Context, "math" | "scalar">, past: Value, values: Value): Value {
  return math.add(past, math.mul(math.sub(values, past), scalar("share")));
}

/** The next of values that are there for each tensor of a kind. */
function next<T>(values: Iterator<T>): T {
  const { value, done } = values.next();
  if (done) throw new RangeError("adafactor: slots do not fit the tensors");
  return value;
}
