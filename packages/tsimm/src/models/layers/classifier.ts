/** From features to logits: what most families' heads are made of. */
import { int, type Value } from "@tsimm/autodiff";
import { dropout } from "./dropout.ts";
import type { Layers } from "./layers.ts";
import { type LinearOptions, linear } from "./linear.ts";
import { globalAveragePool, globalMaxPool } from "./pooling.ts";

/**
 * How a model turns a map or tokens into one vector per image: `avg` mean (`fast` is the same), `max` maximum,
 * `avgmax` half their sum, `catavgmax` both side by side; `token` the class token; `""` not at all.
 */
export type GlobalPool = "avg" | "fast" | "max" | "avgmax" | "catavgmax" | "token" | "";

/**
 * The choices of models whose features are maps; the first is the default.
 *
 * @example
 * mapPools; // => ["avg", "fast", "max", "avgmax", "catavgmax", ""]
 */
export const mapPools: readonly GlobalPool[] = ["avg", "fast", "max", "avgmax", "catavgmax", ""];

/** What the end of a model depends on beside its architecture. */
export interface Head {
  /** 0: no classifier, the model yields its pooled features. */
  readonly numClasses: number;
  readonly globalPool: GlobalPool;
  /** Dropout before the classifier, in [0, 1). */
  readonly dropRate: number;
}

/**
 * Pools x [B, C, H, W] to [B, C, 1, 1] (2·C channels with `catavgmax`); `""` gives x itself.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { globalPool, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 4, 4]);
 * globalPool(layers, x, "catavgmax").shape; // => [2, 32, 1, 1]
 */
export function globalPool(layers: Layers, x: Value, kind: GlobalPool): Value {
  switch (kind) {
    case "max":
      return globalMaxPool(layers, x);
    case "avgmax": {
      const parts = [globalAveragePool(layers, x), globalMaxPool(layers, x)];
      const half = layers.builder.constant({ dtype: "float32", shape: [], data: Float32Array.of(0.5) });
      return layers.op("Mul", [layers.op("Add", parts), half]);
    }
    case "catavgmax": {
      const parts = [globalAveragePool(layers, x), globalMaxPool(layers, x)];
      return layers.op("Concat", parts, { axis: int(1) });
    }
    case "":
      return x;
    default:
      return globalAveragePool(layers, x);
  }
}

/** Options of {@link classify}. */
export interface ClassifyOptions extends Omit<LinearOptions, "features"> {
  /** Module of the dropout, e.g. `head_drop`. */
  readonly dropModule: string;
}

/**
 * Dropout and the last linear layer: pooled features [B, C] to [B, numClasses]; without classes x itself.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { classify, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16]);
 * const head = { numClasses: 10, globalPool: "avg", dropRate: 0.1 } as const;
 * classify(layers, "fc", x, head, { dropModule: "fc_drop" }).shape; // => [2, 10]
 */
export function classify(
  layers: Layers,
  module: string,
  x: Value,
  { numClasses, dropRate }: Head,
  { dropModule, ...initialization }: ClassifyOptions,
): Value {
  if (numClasses === 0) return x;
  const dropped = dropout(layers, dropModule, x, dropRate);
  return linear(layers, module, dropped, { features: numClasses, ...initialization });
}
