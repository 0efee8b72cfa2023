/**
 * ResNets (He et al., arXiv:1512.03385), their variants d and t (He et al., arXiv:1812.01187), and those with squeeze and
 * excitation (Hu et al., arXiv:1709.01507), after timm.
 */
import type { Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { kaimingNormalFanOut, uniformFanIn } from "../initialization.ts";
import { stemThenBlocks } from "../layer-order.ts";
import { relu, sigmoid } from "../layers/activation.ts";
import { classify, globalPool } from "../layers/classifier.ts";
import { conv } from "../layers/convolution.ts";
import { dropPath, dropPathRates } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { batchNorm } from "../layers/normalization.ts";
import { averagePool, flatten, maxPool } from "../layers/pooling.ts";
import { roundChannels } from "../layers/round-channels.ts";
import { squeezeExcite } from "../layers/squeeze-excite.ts";
import type { PretrainedConfig } from "../model.ts";
import type { ArchitectureOptions } from "../model-family.ts";

type Block = "basic" | "bottleneck";

/** What tells one ResNet from another. */
export interface ResNetConfig {
  /** One kind for all stages, or one per stage. */
  readonly block: Block | readonly Block[];
  /** Blocks per stage. */
  readonly layers: readonly number[];
  /** Base channels per stage; absent: 64, 128, 256, 512. */
  readonly channels?: readonly number[];
  /** Channels of the three 3×3 convolutions before the pool; absent: one 7×7 convolution to 64. */
  readonly stem?: readonly [number, number, number];
  /** Shortcuts are reduced by an average pool before their convolution. */
  readonly avgDown?: boolean;
  /** Groups of a bottleneck's 3×3 convolution. */
  readonly cardinality?: number;
  /** Channels per group at 64 base channels. */
  readonly baseWidth?: number;
  /** Each block ends with squeeze and excitation to a sixteenth of its channels. */
  readonly squeeze?: boolean;
  /** Side of the smallest images in pixels from which the model learns well; absent: not known. */
  readonly smallestUsefulInput?: number;
  readonly pretrainedCfg: PretrainedConfig;
}

/** The architecture of a ResNet. */
export function resnet(name: string, config: ResNetConfig, options: ArchitectureOptions): Architecture {
  const { block, layers: depths, channels = [64, 128, 256, 512], smallestUsefulInput } = config;
  const { inChans, zeroInitLast, dropPathRate } = options;
  const blockOf = (stage: number) => (typeof block === "string" ? block : (block[stage] ?? "basic"));
  const last = depths.length - 1;
  const dropRates = dropPathRates(dropPathRate, depths);
  return {
    name,
    inChans,
    numFeatures: (channels[last] ?? 0) * expansion(blockOf(last)),
    pretrainedCfg: config.pretrainedCfg,
    classifier: "fc",
    ...(smallestUsefulInput === undefined ? {} : { smallestUsefulInput }),
    layerOf: stemThenBlocks(/^(conv1|bn1)\./, /^layer(\d+)\.(\d+)/),
    forwardFeatures(layers, images) {
      const rates = dropRates.values();
      let x = maxPool(layers, layers.stage("act1", 2, stem(layers, images, config.stem)));
      for (const [stage, depth] of depths.entries()) {
        for (let index = 0; index < depth; index++) {
          x = residual(layers, x, {
            module: `layer${stage + 1}.${index}`,
            block: blockOf(stage),
            planes: channels[stage] ?? 0,
            stride: stage > 0 && index === 0 ? 2 : 1,
            lastWeight: zeroInitLast ? 0 : 1,
            dropRate: rates.next().value ?? 0,
            config,
          });
        }
        layers.stage(`layer${stage + 1}`, 4 * 2 ** stage, x);
      }
      return x;
    },
    forwardHead(layers, features, head) {
      const pooled = globalPool(layers, features, head.globalPool);
      const x = head.globalPool === "" ? pooled : flatten(layers, pooled);
      return classify(layers, "fc", x, head, { dropModule: "fc_drop" });
    },
  };
}

function expansion(block: Block): number {
  return block === "basic" ? 1 : 4;
}

function stem(layers: Layers, images: Value, deep: ResNetConfig["stem"]): Value {
  if (deep === undefined) {
    const x = conv(layers, "conv1", images, { channels: 64, kernel: 7, stride: 2 });
    return relu(layers, batchNorm(layers, "bn1", x));
  }
  // The numbers between are activations, which have no tensors.
  const [first, second, third] = deep;
  let x = conv(layers, "conv1.0", images, { channels: first, kernel: 3, stride: 2 });
  x = relu(layers, batchNorm(layers, "conv1.1", x));
  x = conv(layers, "conv1.3", x, { channels: second, kernel: 3 });
  x = relu(layers, batchNorm(layers, "conv1.4", x));
  x = conv(layers, "conv1.6", x, { channels: third, kernel: 3 });
  return relu(layers, batchNorm(layers, "bn1", x));
}

interface ResidualOptions {
  readonly module: string;
  readonly block: Block;
  readonly planes: number;
  readonly stride: number;
  /** Initial weight of the last normalization. */
  readonly lastWeight: number;
  /** Of its drop path. */
  readonly dropRate: number;
  readonly config: ResNetConfig;
}

function residual(layers: Layers, x: Value, options: ResidualOptions): Value {
  const { block, planes, stride } = options;
  const convolved = block === "basic" ? basic(layers, x, options) : bottleneck(layers, x, options);
  const branch = options.config.squeeze ? squeeze(layers, options.module, convolved) : convolved;
  const channels = planes * expansion(block);
  const same = stride === 1 && x.shape[1] === channels;
  const kept = dropPath(layers, `${options.module}.drop_path`, branch, options.dropRate);
  return relu(layers, layers.op("Add", [kept, same ? x : shortcut(layers, x, channels, options)]));
}

function basic(layers: Layers, x: Value, { module, planes, stride, lastWeight }: ResidualOptions): Value {
  let y = conv(layers, `${module}.conv1`, x, { channels: planes, kernel: 3, stride });
  y = relu(layers, batchNorm(layers, `${module}.bn1`, y));
  y = conv(layers, `${module}.conv2`, y, { channels: planes, kernel: 3 });
  return batchNorm(layers, `${module}.bn2`, y, { initialWeight: lastWeight });
}

function bottleneck(
  layers: Layers,
  x: Value,
  { module, planes, stride, lastWeight, config }: ResidualOptions,
): Value {
  const { cardinality: groups = 1, baseWidth = 64 } = config;
  const width = Math.floor((planes * baseWidth) / 64) * groups;
  let y = conv(layers, `${module}.conv1`, x, { channels: width, kernel: 1 });
  y = relu(layers, batchNorm(layers, `${module}.bn1`, y));
  y = conv(layers, `${module}.conv2`, y, { channels: width, kernel: 3, stride, groups });
  y = relu(layers, batchNorm(layers, `${module}.bn2`, y));
  y = conv(layers, `${module}.conv3`, y, { channels: 4 * planes, kernel: 1 });
  return batchNorm(layers, `${module}.bn3`, y, { initialWeight: lastWeight });
}

function squeeze(layers: Layers, module: string, x: Value): Value {
  return squeezeExcite(layers, x, {
    modules: [`${module}.se.fc1`, `${module}.se.fc2`],
    channels: roundChannels((x.shape[1] ?? 0) / 16, 0),
    activation: relu,
    gate: sigmoid,
    initialize: kaimingNormalFanOut,
    initializeBias: uniformFanIn,
  });
}

function shortcut(
  layers: Layers,
  x: Value,
  channels: number,
  { module, stride, config }: ResidualOptions,
): Value {
  if (!config.avgDown) {
    const y = conv(layers, `${module}.downsample.0`, x, { channels, kernel: 1, stride });
    return batchNorm(layers, `${module}.downsample.1`, y);
  }
  const pooled = stride === 1 ? x : averagePool(layers, x, stride);
  const y = conv(layers, `${module}.downsample.1`, pooled, { channels, kernel: 1 });
  return batchNorm(layers, `${module}.downsample.2`, y);
}
