/** Pooling of tokens. */
import { float32, int, int64, ints, type Value } from "@tsimm/autodiff";
import type { GlobalPool } from "./classifier.ts";
import type { Layers } from "./layers.ts";
import { reshape } from "./linear.ts";
import { globalAveragePool, globalMaxPool } from "./pooling.ts";

/**
 * Pools tokens x [B, N, D] to [B, D]: `token` takes the first, the class token; all else goes over the others. `""`
 * gives x itself.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, tokenPool } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const tokens = layers.builder.input("tokens", "float32", [2, 10, 16]);
 * tokenPool(layers, tokens, "token").shape; // => [2, 16]
 * tokenPool(layers, tokens, "avg").shape; // => [2, 16]
 */
export function tokenPool(layers: Layers, x: Value, kind: GlobalPool): Value {
  const width = x.shape[2] ?? 0;
  if (kind === "") return x;
  if (kind === "token") return tokenAt(layers, x, 0);
  // As a map of one row, [B, D, 1, N - 1].
  const patches = layers.op("Transpose", [withoutClassToken(layers, x)], { perm: ints(0, 2, 1) });
  const map = reshape(layers, patches, [0, width, 1, -1]);
  const flat = (pooled: Value) => layers.op("Flatten", [pooled], { axis: int(1) });
  if (kind === "max") return flat(globalMaxPool(layers, map));
  if (kind !== "avgmax") return flat(globalAveragePool(layers, map));
  const sum = layers.op("Add", [globalMaxPool(layers, map), globalAveragePool(layers, map)]);
  return flat(layers.op("Mul", [sum, layers.builder.constant(float32([], [0.5]))]));
}

/** One token of x [B, N, D]: [B, D]. */
export function tokenAt(layers: Layers, x: Value, place: number): Value {
  return reshape(layers, slice(layers, x, place, place + 1), [-1, x.shape[2] ?? 0]);
}

/**
 * x [B, N, D] from the second token on.
 *
 * @param others - Tokens before the image's; absent: the class token alone.
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, withoutClassToken } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * // The class token, then 3×3 patches.
 * const tokens = layers.builder.input("tokens", "float32", [2, 10, 16]);
 * withoutClassToken(layers, tokens).shape; // => [2, 9, 16]
 */
export function withoutClassToken(layers: Layers, x: Value, others = 1): Value {
  return slice(layers, x, others, x.shape[1] ?? 0);
}

function slice(layers: Layers, x: Value, start: number, end: number): Value {
  const [starts, ends, axes] = [start, end, 1].map((value) => layers.builder.constant(int64([1], [value])));
  return layers.op("Slice", [x, starts ?? null, ends ?? null, axes ?? null]);
}
