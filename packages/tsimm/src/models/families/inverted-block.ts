/** The blocks of EfficientNets and MobileNetV3 (Sandler et al., arXiv:1801.04381). */
import type { Value } from "@tsimm/autodiff";
import { kaimingNormalFanOutPerGroup } from "../initialization.ts";
import { type Activation, hardSigmoid, relu, sigmoid } from "../layers/activation.ts";
import { conv } from "../layers/convolution.ts";
import { dropPath } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { batchNorm } from "../layers/normalization.ts";
import { squeezeExcite } from "../layers/squeeze-excite.ts";

/** One block. */
export interface InvertedBlock {
  /**
   * Depthwise separable convolution; inverted residual; one whose expansion and depthwise convolutions are fused to
   * one; a convolution alone.
   */
  readonly kind: "separable" | "inverted" | "edge" | "conv";
  /** Side of the kernel that is not 1×1. */
  readonly kernel: number;
  readonly stride?: number;
  /** Channels inside an inverted residual per channel of its input. */
  readonly expansion?: number;
  /** Channels of the output. */
  readonly channels: number;
  /** Channels of squeeze and excitation as a share; absent: none. */
  readonly seRatio?: number;
  readonly activation: Activation;
}

/**
 * How squeeze and excitation is made: `efficient` takes its share of the block's input channels, with the block's
 * activation and a sigmoid; `mobile` of the expanded channels, in multiples of 8, with ReLU and a hard sigmoid.
 */
export type SqueezeKind = "efficient" | "mobile";

/** Options of {@link invertedBlock}. */
export interface InvertedBlockOptions extends InvertedBlock {
  readonly squeeze: SqueezeKind;
  /** Of its drop path. */
  readonly dropRate: number;
}

/** Adds a block: x [B, C, H, W] to [B, channels, H / stride, W / stride]. */
export function invertedBlock(
  layers: Layers,
  module: string,
  x: Value,
  options: InvertedBlockOptions,
): Value {
  const { kind, stride = 1, channels, activation, dropRate } = options;
  if (kind === "conv") {
    const y = dense(layers, `${module}.conv`, x, options);
    return activation(layers, batchNorm(layers, `${module}.bn1`, y));
  }
  const branch = { separable, inverted, edge }[kind](layers, module, x, options);
  if (stride !== 1 || x.shape[1] !== channels) return branch;
  return layers.op("Add", [dropPath(layers, `${module}.drop_path`, branch, dropRate), x]);
}

function separable(layers: Layers, module: string, x: Value, options: InvertedBlockOptions): Value {
  const { activation, channels } = options;
  let y = activation(layers, batchNorm(layers, `${module}.bn1`, depthwise(layers, module, x, options)));
  y = squeeze(layers, module, y, 1, options);
  return batchNorm(layers, `${module}.bn2`, pointwise(layers, `${module}.conv_pw`, y, channels));
}

function inverted(layers: Layers, module: string, x: Value, options: InvertedBlockOptions): Value {
  const { activation, channels, expansion = 1 } = options;
  let y = pointwise(layers, `${module}.conv_pw`, x, expanded(x, expansion));
  y = activation(layers, batchNorm(layers, `${module}.bn1`, y));
  y = activation(layers, batchNorm(layers, `${module}.bn2`, depthwise(layers, module, y, options)));
  y = squeeze(layers, module, y, expansion, options);
  return batchNorm(layers, `${module}.bn3`, pointwise(layers, `${module}.conv_pwl`, y, channels));
}

function edge(layers: Layers, module: string, x: Value, options: InvertedBlockOptions): Value {
  const { activation, channels, expansion = 1 } = options;
  const wide = { ...options, channels: expanded(x, expansion) };
  let y = dense(layers, `${module}.conv_exp`, x, wide);
  y = activation(layers, batchNorm(layers, `${module}.bn1`, y));
  y = squeeze(layers, module, y, expansion, options);
  return batchNorm(layers, `${module}.bn2`, pointwise(layers, `${module}.conv_pwl`, y, channels));
}

function expanded(x: Value, expansion: number): number {
  return roundChannels((x.shape[1] ?? 0) * expansion);
}

function dense(
  layers: Layers,
  module: string,
  x: Value,
  { channels, kernel, stride = 1 }: Pick<InvertedBlock, "channels" | "kernel" | "stride">,
): Value {
  return conv(layers, module, x, { channels, kernel, stride, initialize: kaimingNormalFanOutPerGroup(1) });
}

function pointwise(layers: Layers, module: string, x: Value, channels: number): Value {
  return dense(layers, module, x, { channels, kernel: 1 });
}

function depthwise(layers: Layers, module: string, x: Value, options: InvertedBlockOptions): Value {
  const { kernel, stride = 1 } = options;
  const channels = x.shape[1] ?? 0;
  const initialize = kaimingNormalFanOutPerGroup(channels);
  return conv(layers, `${module}.conv_dw`, x, { channels, kernel, stride, groups: channels, initialize });
}

function squeeze(
  layers: Layers,
  module: string,
  x: Value,
  expansion: number,
  { seRatio, squeeze, activation }: InvertedBlockOptions,
): Value {
  if (seRatio === undefined) return x;
  const share = (x.shape[1] ?? 0) * seRatio;
  const mobile = squeeze === "mobile";
  return squeezeExcite(layers, x, {
    modules: [`${module}.se.conv_reduce`, `${module}.se.conv_expand`],
    channels: mobile ? roundChannels(share) : Math.round(share / expansion),
    activation: mobile ? relu : activation,
    gate: mobile ? hardSigmoid : sigmoid,
    initialize: kaimingNormalFanOutPerGroup(1),
  });
}

/** To a multiple of 8 that is at least 8 and no less than nine tenths. */
function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
