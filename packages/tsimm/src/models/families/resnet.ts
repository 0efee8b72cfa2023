/**
 * ResNets (He et al., arXiv:1512.03385), their variants d and t (He et al., arXiv:1812.01187), and those with squeeze and
 * excitation (Hu et al., arXiv:1709.01507), after timm.
 */
import type { Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { kaimingNormalFanOut, uniformFanIn } from "../initialization.ts";
import { stemThenBlocks } from "../layer-order.ts";
import { type Activation, relu, sigmoid } from "../layers/activation.ts";
import { classify, globalPool } from "../layers/classifier.ts";
import { conv } from "../layers/convolution.ts";
import { dropPath, dropPathRates } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { batchNorm } from "../layers/normalization.ts";
import { averageNext, averagePool, flatten, maxPool } from "../layers/pooling.ts";
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
  /** timm's names of stems; absent: as `stem` says. */
  readonly stemType?: "" | "deep" | "deep_tiered";
  /** Channels of a deep stem's middle, half of those of its end; absent: 64. */
  readonly stemWidth?: number;
  /** Pixels of the image per pixel of the last map along each side: 8, 16 or 32; later stages are dilated instead. */
  readonly outputStride?: number;
  /** Absent: ReLU. */
  readonly actLayer?: Activation;
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
  const steps = stageSteps(depths.length, config.outputStride ?? 32);
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
      let x = maxPool(layers, layers.stage("act1", 2, stem(layers, images, config)));
      for (const [stage, depth] of depths.entries()) {
        for (let index = 0; index < depth; index++) {
          x = residual(layers, x, {
            module: `layer${stage + 1}.${index}`,
            block: blockOf(stage),
            planes: channels[stage] ?? 0,
            ...blockStep(steps[stage], index),
            lastWeight: zeroInitLast ? 0 : 1,
            dropRate: rates.next().value ?? 0,
            config,
          });
        }
        layers.stage(`layer${stage + 1}`, steps[stage]?.reduction ?? 4, x);
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

/** How a stage goes from pixel to pixel. */
interface StageStep {
  readonly stride: number;
  /** Of the first block's first wide convolution; the others have `dilation`. */
  readonly firstDilation: number;
  readonly dilation: number;
  /** Pixels of the image per pixel of the stage's map. */
  readonly reduction: number;
}

/** Strides become dilations where the map would get smaller than the output stride says. */
function stageSteps(count: number, outputStride: number): StageStep[] {
  let [reduction, dilation] = [4, 1];
  return Array.from({ length: count }, (_, stage) => {
    const firstDilation = dilation;
    let stride = stage === 0 ? 1 : 2;
    if (reduction >= outputStride) {
      dilation *= stride;
      stride = 1;
    } else {
      reduction *= stride;
    }
    return { stride, firstDilation, dilation, reduction };
  });
}

function blockStep(
  step: StageStep = { stride: 1, firstDilation: 1, dilation: 1, reduction: 4 },
  index: number,
): Pick<ResidualOptions, "stride" | "firstDilation" | "dilation"> {
  const { stride, firstDilation, dilation } = step;
  return index === 0 ? { stride, firstDilation, dilation } : { stride: 1, firstDilation: dilation, dilation };
}

/** Channels of a deep stem; undefined: the stem is one convolution. */
function deepStem({ stem: own, stemType, stemWidth = 64 }: ResNetConfig): ResNetConfig["stem"] {
  if (stemType === undefined) return own;
  if (stemType === "") return undefined;
  return [stemType === "deep" ? stemWidth : 3 * Math.floor(stemWidth / 4), stemWidth, 2 * stemWidth];
}

function stem(layers: Layers, images: Value, config: ResNetConfig): Value {
  const { actLayer: activate = relu } = config;
  const deep = deepStem(config);
  if (deep === undefined) {
    const x = conv(layers, "conv1", images, { channels: 64, kernel: 7, stride: 2 });
    return activate(layers, batchNorm(layers, "bn1", x));
  }
  // The numbers between are activations, which have no tensors.
  const [first, second, third] = deep;
  let x = conv(layers, "conv1.0", images, { channels: first, kernel: 3, stride: 2 });
  x = activate(layers, batchNorm(layers, "conv1.1", x));
  x = conv(layers, "conv1.3", x, { channels: second, kernel: 3 });
  x = activate(layers, batchNorm(layers, "conv1.4", x));
  x = conv(layers, "conv1.6", x, { channels: third, kernel: 3 });
  return activate(layers, batchNorm(layers, "bn1", x));
}

interface ResidualOptions {
  readonly module: string;
  readonly block: Block;
  readonly planes: number;
  readonly stride: number;
  readonly firstDilation: number;
  readonly dilation: number;
  /** Initial weight of the last normalization. */
  readonly lastWeight: number;
  /** Of its drop path. */
  readonly dropRate: number;
  readonly config: ResNetConfig;
}

function residual(layers: Layers, x: Value, options: ResidualOptions): Value {
  const { block, planes, stride, config } = options;
  const { actLayer: activate = relu } = config;
  const convolved = block === "basic" ? basic(layers, x, options) : bottleneck(layers, x, options);
  const branch = config.squeeze ? squeeze(layers, options.module, convolved) : convolved;
  const channels = planes * expansion(block);
  const same = stride === 1 && x.shape[1] === channels;
  const kept = dropPath(layers, `${options.module}.drop_path`, branch, options.dropRate);
  return activate(layers, layers.op("Add", [kept, same ? x : shortcut(layers, x, channels, options)]));
}

function basic(layers: Layers, x: Value, options: ResidualOptions): Value {
  const { module, planes, stride, firstDilation, dilation, lastWeight, config } = options;
  const { actLayer: activate = relu } = config;
  let y = conv(layers, `${module}.conv1`, x, {
    channels: planes,
    kernel: 3,
    stride,
    dilation: firstDilation,
  });
  y = activate(layers, batchNorm(layers, `${module}.bn1`, y));
  y = conv(layers, `${module}.conv2`, y, { channels: planes, kernel: 3, dilation });
  return batchNorm(layers, `${module}.bn2`, y, { initialWeight: lastWeight });
}

function bottleneck(layers: Layers, x: Value, options: ResidualOptions): Value {
  const { module, planes, stride, firstDilation: dilation, lastWeight, config } = options;
  const { cardinality: groups = 1, baseWidth = 64, actLayer: activate = relu } = config;
  const width = Math.floor((planes * baseWidth) / 64) * groups;
  let y = conv(layers, `${module}.conv1`, x, { channels: width, kernel: 1 });
  y = activate(layers, batchNorm(layers, `${module}.bn1`, y));
  y = conv(layers, `${module}.conv2`, y, { channels: width, kernel: 3, stride, groups, dilation });
  y = activate(layers, batchNorm(layers, `${module}.bn2`, y));
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
  { module, stride, dilation, config }: ResidualOptions,
): Value {
  if (!config.avgDown) {
    const y = conv(layers, `${module}.downsample.0`, x, { channels, kernel: 1, stride });
    return batchNorm(layers, `${module}.downsample.1`, y);
  }
  const reduced = stride === 1 ? x : averagePool(layers, x, stride);
  const pooled = stride === 1 && dilation > 1 ? averageNext(layers, x) : reduced;
  const y = conv(layers, `${module}.downsample.1`, pooled, { channels, kernel: 1 });
  return batchNorm(layers, `${module}.downsample.2`, y);
}
