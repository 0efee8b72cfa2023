/** Squeeze and excitation (Hu et al., arXiv:1709.01507). */
import type { Value } from "@tsimm/autodiff";
import { constant, type Initializer } from "../initialization.ts";
import type { Activation } from "./activation.ts";
import { conv } from "./convolution.ts";
import type { Layers } from "./layers.ts";
import { globalAveragePool } from "./pooling.ts";

/** Options of {@link squeezeExcite}. */
export interface SqueezeExciteOptions {
  /** Modules of the two convolutions. */
  readonly modules: readonly [string, string];
  /** Channels between them. */
  readonly channels: number;
  /** Between them. */
  readonly activation: Activation;
  /** Turns the result into factors. */
  readonly gate: Activation;
  /** Initial weights of both. */
  readonly initialize: Initializer;
  /** Initial bias by the fan-in of its convolution; absent: 0. */
  readonly initializeBias?: (fanIn: number) => Initializer;
}

/**
 * Scales each channel of x [B, C, H, W] by a factor that depends on the means of all channels.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { kaimingNormalFanOut, Layers, relu, sigmoid, squeezeExcite } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 8, 8]);
 * const scaled = squeezeExcite(layers, x, {
 *   modules: ["se.fc1", "se.fc2"],
 *   channels: 4,
 *   activation: relu,
 *   gate: sigmoid,
 *   initialize: kaimingNormalFanOut,
 * });
 * scaled.shape; // => [2, 16, 8, 8]
 * layers.declarations.order; // => ["se.fc1.weight", "se.fc1.bias", "se.fc2.weight", "se.fc2.bias"]
 */
export function squeezeExcite(
  layers: Layers,
  x: Value,
  { modules: [reduce, expand], channels, activation, gate, initialize, initializeBias }: SqueezeExciteOptions,
): Value {
  const pointwise = (module: string, means: Value, width: number) =>
    conv(layers, module, means, {
      ...{ channels: width, kernel: 1, bias: true, initialize },
      initializeBias: initializeBias?.(means.shape[1] ?? 0) ?? constant(0),
    });
  const squeezed = pointwise(reduce, globalAveragePool(layers, x), channels);
  const expanded = pointwise(expand, activation(layers, squeezed), x.shape[1] ?? 0);
  return layers.op("Mul", [x, gate(layers, expanded)]);
}
