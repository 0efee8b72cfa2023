/** ResNets (He et al., arXiv:1512.03385) and their variants d and t (He et al., arXiv:1812.01187), after timm. */
import type { Value } from "@tsimm/autodiff";
import type { Architecture } from "./build-model.ts";
import type { Layers } from "./layers.ts";
import type { PretrainedConfig } from "./model.ts";

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
  readonly pretrainedCfg: PretrainedConfig;
}

/** Options of every ResNet. */
export interface ResNetOptions {
  readonly numClasses: number;
  readonly inChans: number;
  /** The last normalization of each block starts at weight 0, so that each block starts as the identity. */
  readonly zeroInitLast: boolean;
}

/** The architecture of a ResNet. */
export function resnet(name: string, config: ResNetConfig, options: ResNetOptions): Architecture {
  const { block, layers: depths, channels = [64, 128, 256, 512] } = config;
  const { numClasses, inChans, zeroInitLast } = options;
  const blockOf = (stage: number) => (typeof block === "string" ? block : (block[stage] ?? "basic"));
  const last = depths.length - 1;
  return {
    name,
    numClasses,
    inChans,
    numFeatures: (channels[last] ?? 0) * expansion(blockOf(last)),
    pretrainedCfg: config.pretrainedCfg,
    forward(layers, images) {
      let x = layers.maxPool(stem(layers, images, config.stem));
      for (const [stage, depth] of depths.entries()) {
        for (let index = 0; index < depth; index++) {
          x = residual(layers, x, {
            module: `layer${stage + 1}.${index}`,
            block: blockOf(stage),
            planes: channels[stage] ?? 0,
            stride: stage > 0 && index === 0 ? 2 : 1,
            lastWeight: zeroInitLast ? 0 : 1,
            config,
          });
        }
      }
      return layers.linear("fc", layers.globalAveragePool(x), numClasses);
    },
  };
}

function expansion(block: Block): number {
  return block === "basic" ? 1 : 4;
}

function stem(layers: Layers, images: Value, deep: ResNetConfig["stem"]): Value {
  if (deep === undefined) {
    const x = layers.conv("conv1", images, { channels: 64, kernel: 7, stride: 2 });
    return layers.relu(layers.batchNorm("bn1", x));
  }
  // The numbers between are activations, which have no tensors.
  const [first, second, third] = deep;
  let x = layers.conv("conv1.0", images, { channels: first, kernel: 3, stride: 2 });
  x = layers.relu(layers.batchNorm("conv1.1", x));
  x = layers.conv("conv1.3", x, { channels: second, kernel: 3 });
  x = layers.relu(layers.batchNorm("conv1.4", x));
  x = layers.conv("conv1.6", x, { channels: third, kernel: 3 });
  return layers.relu(layers.batchNorm("bn1", x));
}

interface ResidualOptions {
  readonly module: string;
  readonly block: Block;
  readonly planes: number;
  readonly stride: number;
  /** Initial weight of the last normalization. */
  readonly lastWeight: number;
  readonly config: ResNetConfig;
}

function residual(layers: Layers, x: Value, options: ResidualOptions): Value {
  const { block, planes, stride } = options;
  const branch = block === "basic" ? basic(layers, x, options) : bottleneck(layers, x, options);
  const channels = planes * expansion(block);
  const same = stride === 1 && x.shape[1] === channels;
  return layers.relu(layers.add(branch, same ? x : shortcut(layers, x, channels, options)));
}

function basic(layers: Layers, x: Value, { module, planes, stride, lastWeight }: ResidualOptions): Value {
  let y = layers.conv(`${module}.conv1`, x, { channels: planes, kernel: 3, stride });
  y = layers.relu(layers.batchNorm(`${module}.bn1`, y));
  y = layers.conv(`${module}.conv2`, y, { channels: planes, kernel: 3 });
  return layers.batchNorm(`${module}.bn2`, y, lastWeight);
}

function bottleneck(
  layers: Layers,
  x: Value,
  { module, planes, stride, lastWeight, config }: ResidualOptions,
): Value {
  const { cardinality: groups = 1, baseWidth = 64 } = config;
  const width = Math.floor((planes * baseWidth) / 64) * groups;
  let y = layers.conv(`${module}.conv1`, x, { channels: width, kernel: 1 });
  y = layers.relu(layers.batchNorm(`${module}.bn1`, y));
  y = layers.conv(`${module}.conv2`, y, { channels: width, kernel: 3, stride, groups });
  y = layers.relu(layers.batchNorm(`${module}.bn2`, y));
  y = layers.conv(`${module}.conv3`, y, { channels: 4 * planes, kernel: 1 });
  return layers.batchNorm(`${module}.bn3`, y, lastWeight);
}

function shortcut(
  layers: Layers,
  x: Value,
  channels: number,
  { module, stride, config }: ResidualOptions,
): Value {
  if (!config.avgDown) {
    const y = layers.conv(`${module}.downsample.0`, x, { channels, kernel: 1, stride });
    return layers.batchNorm(`${module}.downsample.1`, y);
  }
  const pooled = stride === 1 ? x : layers.averagePool(x, stride);
  const y = layers.conv(`${module}.downsample.1`, pooled, { channels, kernel: 1 });
  return layers.batchNorm(`${module}.downsample.2`, y);
}
