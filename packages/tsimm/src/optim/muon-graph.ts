/** The update of Muon and AdaMuon as nodes of a graph. */
// Types alone: a definition is loaded where nothing is trained, by `tsimm schedule`.
import type { Value } from "@tsimm/autodiff";
import { adamMeans, adamScalars } from "./adam.ts";
import { nonZero, runningMean } from "./graph-terms.ts";
import { type MuonOptions, type MuonSlots, type MuonTensor, muonTensor } from "./muon-options.ts";
import type { OptimizerGraph, UpdateGraphContext } from "./optimizer-graph.ts";
import { orthogonalNodes } from "./orthogonal-nodes.ts";
import type { VectorGraph } from "./vector-graph.ts";

type Context = UpdateGraphContext<MuonOptions, MuonSlots>;

/** Tensors of a group that move by the same rule, in one vector of their own. */
interface Side {
  readonly context: Context;
  readonly vectors: VectorGraph;
  /** Their part of a vector of all tensors. */
  part(vector: Value): Value;
}

/** State of a side after the update. */
interface Moved {
  readonly data: Value;
  readonly slots: { readonly [K in keyof MuonSlots]: Value };
}

/** The update of Muon, or of AdaMuon: their formulas say what is computed. */
export function muonGraph(isAdaptive: boolean): OptimizerGraph<MuonOptions, MuonSlots> {
  return {
    scalars(group, step) {
      const { lr, weightDecay, betas, eps, fallbackLrScale, adjustLrFn } = group;
      const fallback = adamScalars({ ...group, lr: lr * fallbackLrScale }, step);
      // As in Adam: the correction of v stands in the factor of its root.
      const root = adjustLrFn === "match_rms_adamw" ? 1 : Math.sqrt(1 - betas[1] ** step);
      return {
        ...{ lr, keep: 1 - lr * weightDecay, root, eps: nonZero(eps) * root },
        ...Object.fromEntries(Object.entries(fallback).map(([name, value]) => [`fallback.${name}`, value])),
      };
    },
    build(context) {
      const { vectors, slotVectors, group, slots } = context;
      const tensors = vectors.layout.parts.map(({ shape }) => muonTensor(shape, group, isAdaptive));
      const orthogonal = tensors.filter((tensor) => tensor !== null);
      const split = splitOnce(vectors);
      const side = (own: VectorGraph | undefined, belongs: (tensor: MuonTensor | null) => boolean): Side => ({
        context,
        vectors: own ?? vectors,
        part: (vector) =>
          tensors.every(belongs)
            ? vector
            : (own ?? vectors).join(split(vector).filter((_, i) => belongs(tensors[i] ?? null))),
      });
      const isOrthogonal = (tensor: MuonTensor | null) => tensor !== null;
      const byMuon = () => muonNodes(side(slotVectors.momentum_buffer, isOrthogonal), orthogonal, isAdaptive);
      const byAdam = () =>
        adamNodes(
          side(slotVectors.exp_avg, (tensor) => tensor === null),
          isAdaptive,
        );
      if (orthogonal.length === tensors.length) return byMuon();
      if (orthogonal.length === 0) return byAdam();
      const [muon, adam] = [byMuon(), byAdam()];
      const both = (ofMuon: Value, ofAdam: Value) => {
        const [first, second] = [
          slotVectors.momentum_buffer?.split(ofMuon).values(),
          slotVectors.exp_avg?.split(ofAdam).values(),
        ];
        const values = tensors.map((tensor) => (tensor === null ? second : first)?.next().value);
        return vectors.join(values.filter((value) => value !== undefined));
      };
      const squares = muon.slots.exp_avg_sq && adam.slots.exp_avg_sq;
      return {
        data: both(muon.data, adam.data),
        slots: {
          ...{ ...muon.slots, ...adam.slots },
          ...(squares && muon.slots.exp_avg_sq && slots.exp_avg_sq
            ? { exp_avg_sq: both(muon.slots.exp_avg_sq, squares) }
            : {}),
        },
      };
    },
  };
}

/** The tensors of vectors, each of which is split at most once. */
function splitOnce(vectors: VectorGraph): (vector: Value) => readonly Value[] {
  const known = new Map<Value, readonly Value[]>();
  return (vector) => {
    const tensors = known.get(vector) ?? vectors.split(vector);
    known.set(vector, tensors);
    return tensors;
  };
}

function muonNodes(
  { context, vectors, part }: Side,
  tensors: readonly MuonTensor[],
  isAdaptive: boolean,
): Moved {
  const { builder, math, group, slots, scalar } = context;
  const { momentum, nesterov, weightDecay, adjustLrFn } = group;
  if (!slots.momentum_buffer) throw new RangeError("muon: slots do not fit the tensors");
  const [data, grad] = [part(context.data), part(context.grad)];
  const momentum_buffer = runningMean(math, slots.momentum_buffer, grad, momentum);
  const ahead = nesterov ? runningMean(math, momentum_buffer, grad, momentum) : momentum_buffer;
  const steps = vectors.split(ahead);
  const x = vectors.join(
    tensors.map((tensor, i) => {
      const step = steps[i];
      if (step === undefined) throw new RangeError("muon: slots do not fit the tensors");
      return orthogonalNodes(context, step, tensor);
    }),
  );
  const scales = Float32Array.from(tensors, ({ lrScale }) => lrScale);
  const factors = builder.constant({ dtype: "float32", shape: [scales.length], data: scales });
  const rates = math.mul(factors, scalar("lr"));
  const kept = weightDecay === 0 ? data : math.mul(data, scalar("keep"));
  if (!isAdaptive || !slots.exp_avg_sq) {
    return { data: math.sub(kept, math.mul(x, vectors.spread(rates))), slots: { momentum_buffer } };
  }
  const exp_avg_sq = runningMean(math, part(slots.exp_avg_sq), math.mul(x, x), group.betas[1]);
  const u = math.div(x, math.add(math.unary("Sqrt", exp_avg_sq), scalar("eps")));
  const norms = () => math.add(math.unary("Sqrt", vectors.sumSquares(u)), nonZero(group.eps));
  const sizes = adjustLrFn === "match_rms_adamw" ? math.div(rates, norms()) : math.mul(rates, scalar("root"));
  return {
    data: math.sub(kept, math.mul(u, vectors.spread(sizes))),
    slots: { momentum_buffer, exp_avg_sq },
  };
}

/** AdamW, with Nesterov's momentum NAdamW. */
function adamNodes({ context, part }: Side, isAdaptive: boolean): Moved {
  const { math, group, slots, scalar } = context;
  if (!slots.exp_avg || !slots.exp_avg_sq) throw new RangeError("muon: slots do not fit the tensors");
  const own = (name: string) => scalar(`fallback.${name}`);
  const [data, grad] = [part(context.data), part(context.grad)];
  // Of AdaMuon, the slot is that of all tensors.
  const squares = isAdaptive ? part(slots.exp_avg_sq) : slots.exp_avg_sq;
  const means = adamMeans({ math, group, slots: { exp_avg: slots.exp_avg, exp_avg_sq: squares } }, grad);
  const ahead = group.nesterov ? runningMean(math, means.exp_avg, grad, group.betas[0]) : means.exp_avg;
  const root = math.add(math.unary("Sqrt", means.exp_avg_sq), own("eps"));
  const change = math.mul(math.div(ahead, root), own("stepSize"));
  const kept = group.weightDecay === 0 ? data : math.mul(data, own("keep"));
  return { data: math.sub(kept, change), slots: means };
}
