/** Squeeze and excitation (Hu et al., arXiv:1709.01507). */
import type { Value } from "@tsimm/autodiff";
import type { Initializer } from "../initialization.ts";
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
}

/** Scales each channel of x [B, C, H, W] by a factor that depends on the means of all channels. */
export function squeezeExcite(
  layers: Layers,
  x: Value,
  { modules: [reduce, expand], channels, activation, gate, initialize }: SqueezeExciteOptions,
): Value {
  const shape = { kernel: 1, bias: true, initialize };
  const squeezed = conv(layers, reduce, globalAveragePool(layers, x), { channels, ...shape });
  const expanded = conv(layers, expand, activation(layers, squeezed), {
    channels: x.shape[1] ?? 0,
    ...shape,
  });
  return layers.op("Mul", [x, gate(layers, expanded)]);
}
