/** Linear layers. */
import { int, int64, type Value } from "@tsimm/autodiff";
import { type Initializer, uniformFanIn } from "../initialization.ts";
import type { Layers } from "./layers.ts";

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Width of the output. */
  readonly features: number;
  /** Initial weight; absent: uniform in ±1 / √N, PyTorch's default. */
  readonly initialize?: Initializer;
  /** Initial bias; absent: uniform in ±1 / √N, PyTorch's default. */
  readonly initializeBias?: Initializer;
  /** Whether there is a bias; absent: there is. */
  readonly bias?: boolean;
  /** The weight has the shape of a 1×1 convolution's, [features, N, 1, 1], not [features, N]. */
  readonly asConv?: boolean;
}

/**
 * Linear layer over the last axis: x [.., N] to [.., features].
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, linear } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 8]);
 * linear(layers, "fc", x, { features: 4 }).shape; // => [2, 4]
 * layers.declarations.order; // => ["fc.weight", "fc.bias"]
 */
export function linear(layers: Layers, module: string, x: Value, options: LinearOptions): Value {
  const width = x.shape.at(-1) ?? 0;
  const { features, initialize = uniformFanIn(width), initializeBias = uniformFanIn(width) } = options;
  const shape = options.asConv ? [features, width, 1, 1] : [features, width];
  const declared = layers.parameter(`${module}.weight`, shape, initialize);
  const weight = options.asConv ? reshape(layers, declared, [features, width]) : declared;
  const bias = options.bias === false ? [] : [layers.parameter(`${module}.bias`, [features], initializeBias)];
  const product = (rows: Value) =>
    layers.op("Gemm", [rows, weight, ...bias], { transB: int(1) }, { name: module });
  if (x.shape.length === 2) return product(x);
  const [, ...inner] = x.shape.slice(0, -1);
  return reshape(layers, product(reshape(layers, x, [-1, width])), [-1, ...inner, features]);
}

/**
 * x in another shape; 0 keeps a dimension, one -1 takes what is left.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, reshape } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 4, 4]);
 * reshape(layers, x, [0, 4, -1]).shape; // => [2, 4, 64]
 */
export function reshape(layers: Layers, x: Value, shape: readonly number[]): Value {
  return layers.op("Reshape", [x, layers.builder.constant(int64([shape.length], shape))]);
}
