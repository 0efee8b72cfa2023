/**
 * The blocks of EfficientNets and MobileNets (Sandler et al., arXiv:1801.04381), one of them universal (Qin et al.,
 * arXiv:2404.10518).
 */
import type { Value } from "@tsimm/autodiff";
import { kaimingNormalFanOutPerGroup } from "../initialization.ts";
import { type Activation, hardSigmoid, relu, sigmoid } from "../layers/activation.ts";
import { dropPath } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { type BatchNormOptions, batchNorm } from "../layers/normalization.ts";
import { roundChannels } from "../layers/round-channels.ts";
import { squeezeExcite } from "../layers/squeeze-excite.ts";
import { type Kernel, type MixedConvOptions, mixedConv } from "./mixed-convolution.ts";

/** One block. */
export interface InvertedBlock {
  /**
   * Depthwise separable convolution; inverted residual; one whose expansion and depthwise convolutions are fused to
   * one; an inverted residual with a depthwise convolution before it, after its expansion, or both; a convolution alone.
   */
  readonly kind: "separable" | "inverted" | "edge" | "universal" | "conv";
  /** Of the convolution that is not 1×1; of a universal block after its expansion, where 0 is none. */
  readonly kernel: Kernel;
  /** Of a universal block's first convolution; absent: none. */
  readonly startKernel?: number;
  /** Of the convolution to more channels, where there is one; absent: 1. */
  readonly expandKernel?: Kernel;
  /** Of the convolution to the output's channels; absent: 1. */
  readonly projectKernel?: Kernel;
  readonly stride?: number;
  /** Channels inside an inverted residual per channel of its input. */
  readonly expansion?: number;
  /** Channels that `expansion` multiplies, where they are not those of the input. */
  readonly expanded?: number;
  /** Channels of the output. */
  readonly channels: number;
  /** Channels of squeeze and excitation as a share; absent: none. */
  readonly seRatio?: number;
  /** Whether the input is added to an output of its shape; absent: not for a convolution alone. */
  readonly shortcut?: boolean;
  readonly activation: Activation;
}

/**
 * How squeeze and excitation is made: `efficient` takes its share of the block's input channels, with the block's
 * activation and a sigmoid; `mobile` of the expanded channels, in multiples of 8, with ReLU and a hard sigmoid.
 */
export type SqueezeKind = "efficient" | "mobile";

/** What all convolutions and normalizations of a network have in common. */
export interface ConvStyle {
  readonly padding?: "same";
  readonly norm?: BatchNormOptions;
}

/** Options of {@link invertedBlock}. */
export interface InvertedBlockOptions extends InvertedBlock {
  readonly squeeze: SqueezeKind;
  readonly style: ConvStyle;
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
  const { kind, stride = 1, channels, shortcut = kind !== "conv", dropRate } = options;
  const branch = { separable, inverted, edge, universal, conv: alone }[kind](layers, module, x, options);
  if (!shortcut || stride !== 1 || x.shape[1] !== channels) return branch;
  return layers.op("Add", [dropPath(layers, `${module}.drop_path`, branch, dropRate), x]);
}

type Part = (layers: Layers, module: string, x: Value, options: InvertedBlockOptions) => Value;

const alone: Part = (layers, module, x, { kernel, channels, stride = 1, activation, style }) => {
  const shape = { kernel, channels, stride };
  return convNorm(layers, [`${module}.conv`, `${module}.bn1`], x, shape, style, activation);
};

const separable: Part = (layers, module, x, options) => {
  const { activation, style, kernel, stride = 1 } = options;
  const shape = { kernel, stride };
  const y = convNorm(layers, [`${module}.conv_dw`, `${module}.bn1`], x, shape, style, activation);
  return project(
    layers,
    [`${module}.conv_pw`, `${module}.bn2`],
    squeeze(layers, module, y, 1, options),
    options,
  );
};

const inverted: Part = (layers, module, x, options) => {
  const { activation, style, kernel, stride = 1, expandKernel = 1, expansion = 1 } = options;
  const wide = { kernel: expandKernel, channels: widened(x, options) };
  let y = convNorm(layers, [`${module}.conv_pw`, `${module}.bn1`], x, wide, style, activation);
  const shape = { kernel, stride };
  y = convNorm(layers, [`${module}.conv_dw`, `${module}.bn2`], y, shape, style, activation);
  y = squeeze(layers, module, y, expansion, options);
  return project(layers, [`${module}.conv_pwl`, `${module}.bn3`], y, options);
};

const edge: Part = (layers, module, x, options) => {
  const { activation, style, kernel, stride = 1, expansion = 1 } = options;
  const wide = { kernel, stride, channels: widened(x, options) };
  let y = convNorm(layers, [`${module}.conv_exp`, `${module}.bn1`], x, wide, style, activation);
  y = squeeze(layers, module, y, expansion, options);
  return project(layers, [`${module}.conv_pwl`, `${module}.bn2`], y, options);
};

/** The stride is that of the last depthwise convolution. */
const universal: Part = (layers, module, x, options) => {
  const { activation, style, kernel, startKernel = 0, stride = 1 } = options;
  const parts = (name: string) => [`${module}.${name}.conv`, `${module}.${name}.bn`] as const;
  let y = x;
  if (startKernel > 0) {
    const shape = { kernel: startKernel, stride: kernel === 0 ? stride : 1 };
    y = convNorm(layers, parts("dw_start"), y, shape, style);
  }
  const wide = { kernel: 1, channels: widened(x, options) };
  y = convNorm(layers, parts("pw_exp"), y, wide, style, activation);
  if (kernel !== 0) y = convNorm(layers, parts("dw_mid"), y, { kernel, stride }, style, activation);
  return project(layers, parts("pw_proj"), y, options);
};

/** To the output's channels, without activation. */
function project(
  layers: Layers,
  modules: readonly [string, string],
  x: Value,
  { channels, projectKernel = 1, style }: InvertedBlockOptions,
): Value {
  return convNorm(layers, modules, x, { kernel: projectKernel, channels }, style);
}

function convNorm(
  layers: Layers,
  [convolution, normalization]: readonly [string, string],
  x: Value,
  shape: MixedConvOptions,
  { norm, ...padding }: ConvStyle,
  activation?: Activation,
): Value {
  const y = batchNorm(
    layers,
    normalization,
    mixedConv(layers, convolution, x, { ...padding, ...shape }),
    norm,
  );
  return activation === undefined ? y : activation(layers, y);
}

/** Channels inside the block. */
function widened(x: Value, { expansion = 1, expanded = x.shape[1] ?? 0 }: InvertedBlockOptions): number {
  return roundChannels(expanded * expansion);
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
