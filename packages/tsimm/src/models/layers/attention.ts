/** Attention of tokens to tokens. */
import { float32, int, ints, type Value } from "@tsimm/autodiff";
import type { Layers } from "./layers.ts";
import { type LinearOptions, linear, reshape } from "./linear.ts";

/** Options of {@link attention}; the initializers hold for both linear layers. */
export interface AttentionOptions extends Omit<LinearOptions, "features"> {
  /** Divides the width of a token. */
  readonly numHeads: number;
  /** What is done to the scores [B, numHeads, N, N] before their softmax, e.g. to add a bias; absent: nothing. */
  readonly adjust?: (scores: Value) => Value;
}

/**
 * Multi-head self-attention (Vaswani et al., arXiv:1706.03762): softmax(q kᵀ / √d) v per head, then a linear layer.
 *
 * @param x - Tokens, [B, N, D].
 * @returns [B, N, D].
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { attention, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const tokens = layers.builder.input("tokens", "float32", [2, 10, 16]);
 * attention(layers, "attn", tokens, { numHeads: 4 }).shape; // => [2, 10, 16]
 * layers.declarations.order; // => ["attn.qkv.weight", "attn.qkv.bias", "attn.proj.weight", "attn.proj.bias"]
 */
export function attention(
  layers: Layers,
  module: string,
  x: Value,
  { numHeads, adjust = (scores) => scores, ...initialization }: AttentionOptions,
): Value {
  const [, tokens = 0, width = 0] = x.shape;
  const headWidth = width / numHeads;
  const qkv = linear(layers, `${module}.qkv`, x, { features: 3 * width, ...initialization });
  const [q = x, k = x, v = x] = layers.builder.ops("Split", [qkv], { axis: int(-1), num_outputs: int(3) }, 3);
  const perHead = (part: Value, perm: readonly number[]) =>
    layers.op("Transpose", [reshape(layers, part, [0, tokens, numHeads, headWidth])], {
      perm: ints(...perm),
    });
  const scale = layers.builder.constant(float32([], [headWidth ** -0.5]));
  const scaled = layers.op("Mul", [perHead(q, [0, 2, 1, 3]), scale]);
  const scores = layers.op("MatMul", [scaled, perHead(k, [0, 2, 3, 1])]);
  const weights = layers.op("Softmax", [adjust(scores)], { axis: int(-1) });
  const mixed = layers.op("MatMul", [weights, perHead(v, [0, 2, 1, 3])]);
  const joined = layers.op("Transpose", [mixed], { perm: ints(0, 2, 1, 3) });
  const rows = reshape(layers, joined, [0, tokens, width]);
  return linear(layers, `${module}.proj`, rows, { features: width, ...initialization });
}
