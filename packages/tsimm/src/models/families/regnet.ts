/** RegNets (Radosavovic et al., arXiv:2003.13678), after timm. */
import type { Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { constant, kaimingNormalFanOutPerGroup, normal } from "../initialization.ts";
import { stemThenBlocks } from "../layer-order.ts";
import { relu, sigmoid } from "../layers/activation.ts";
import { classify, globalPool } from "../layers/classifier.ts";
import { type ConvOptions, conv } from "../layers/convolution.ts";
import { dropPath, dropPathRates } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { batchNorm } from "../layers/normalization.ts";
import { flatten } from "../layers/pooling.ts";
import { squeezeExcite } from "../layers/squeeze-excite.ts";
import type { PretrainedConfig } from "../model.ts";
import type { ArchitectureOptions } from "../model-family.ts";

/** What tells one RegNet from another: what its design parameters come to. */
export interface RegNetConfig {
  /** Blocks per stage. */
  readonly depths: readonly number[];
  /** Channels per stage. */
  readonly widths: readonly number[];
  /** Channels per group of a block's 3×3 convolution. */
  readonly groupWidth: number;
  /** Channels of squeeze and excitation as a share of the block's input channels; absent: none. */
  readonly seRatio?: number;
  readonly pretrainedCfg: PretrainedConfig;
}

const stemWidth = 32;

/** The architecture of a RegNet. */
export function regnet(name: string, config: RegNetConfig, options: ArchitectureOptions): Architecture {
  const { depths, widths, pretrainedCfg } = config;
  const { inChans, dropPathRate, zeroInitLast } = options;
  const dropRates = dropPathRates(dropPathRate, depths);
  return {
    name,
    inChans,
    numFeatures: widths.at(-1) ?? 0,
    pretrainedCfg,
    classifier: "head.fc",
    layerOf: stemThenBlocks(/^stem\./, /^s(\d+)\.b(\d+)\./),
    forwardFeatures(layers, images) {
      const rates = dropRates.values();
      const stem = convNorm(layers, "stem", images, { channels: stemWidth, kernel: 3, stride: 2 });
      let x = layers.stage("stem", 2, relu(layers, stem));
      for (const [stage, depth] of depths.entries()) {
        for (let index = 0; index < depth; index++) {
          x = bottleneck(layers, `s${stage + 1}.b${index + 1}`, x, config, {
            channels: widths[stage] ?? 0,
            stride: index === 0 ? 2 : 1,
            lastWeight: zeroInitLast ? 0 : 1,
            dropRate: rates.next().value ?? 0,
          });
        }
        layers.stage(`s${stage + 1}`, 4 * 2 ** stage, x);
      }
      return x;
    },
    forwardHead(layers, features, head) {
      const pooled = globalPool(layers, features, head.globalPool);
      const x = head.globalPool === "" ? pooled : flatten(layers, pooled);
      const initialization = { initialize: normal(0.01), initializeBias: constant(0) };
      return classify(layers, "head.fc", x, head, { dropModule: "head.drop", ...initialization });
    },
  };
}

interface BottleneckOptions {
  readonly channels: number;
  readonly stride: number;
  /** Initial weight of the last normalization. */
  readonly lastWeight: number;
  /** Of its drop path. */
  readonly dropRate: number;
}

function bottleneck(
  layers: Layers,
  module: string,
  x: Value,
  { groupWidth, seRatio }: RegNetConfig,
  { channels, stride, lastWeight, dropRate }: BottleneckOptions,
): Value {
  const inputChannels = x.shape[1] ?? 0;
  const groups = channels / groupWidth;
  let y = relu(layers, convNorm(layers, `${module}.conv1`, x, { channels, kernel: 1 }));
  y = relu(layers, convNorm(layers, `${module}.conv2`, y, { channels, kernel: 3, stride, groups }));
  if (seRatio !== undefined) {
    y = squeezeExcite(layers, y, {
      modules: [`${module}.se.fc1`, `${module}.se.fc2`],
      channels: Math.round(inputChannels * seRatio),
      activation: relu,
      gate: sigmoid,
      initialize: kaimingNormalFanOutPerGroup(1),
    });
  }
  y = convNorm(layers, `${module}.conv3`, y, { channels, kernel: 1 }, lastWeight);
  const same = stride === 1 && inputChannels === channels;
  const shortcut = same ? x : convNorm(layers, `${module}.downsample`, x, { channels, kernel: 1, stride });
  return relu(layers, layers.op("Add", [dropPath(layers, `${module}.drop_path`, y, dropRate), shortcut]));
}

function convNorm(layers: Layers, module: string, x: Value, options: ConvOptions, initialWeight = 1): Value {
  const initialize = kaimingNormalFanOutPerGroup(options.groups ?? 1);
  const y = conv(layers, `${module}.conv`, x, { ...options, initialize });
  return batchNorm(layers, `${module}.bn`, y, { initialWeight });
}
