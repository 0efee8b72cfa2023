/** DenseNets (Huang et al., arXiv:1608.06993), after timm. */
import { int, ints, type Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { constant, kaimingNormalFanIn } from "../initialization.ts";
import { type LayerOf, stemThenBlocks } from "../layer-order.ts";
import { relu } from "../layers/activation.ts";
import { classify, globalPool } from "../layers/classifier.ts";
import { conv } from "../layers/convolution.ts";
import type { Layers } from "../layers/layers.ts";
import { batchNorm } from "../layers/normalization.ts";
import { flatten, maxPool } from "../layers/pooling.ts";
import type { PretrainedConfig } from "../model.ts";
import type { ArchitectureOptions } from "../model-family.ts";

/** What tells one DenseNet from another. */
export interface DenseNetConfig {
  /** Channels that each layer adds; the stem has twice as many. */
  readonly growthRate: number;
  /** Layers per block. */
  readonly depths: readonly number[];
  readonly pretrainedCfg: PretrainedConfig;
}

/** Channels between the two convolutions of a layer, in growth rates. */
const bottleneckRatio = 4;

/** The architecture of a DenseNet. */
export function densenet(
  name: string,
  { growthRate, depths, pretrainedCfg }: DenseNetConfig,
  { inChans }: ArchitectureOptions,
): Architecture {
  return {
    name,
    inChans,
    numFeatures: depths.reduce(
      (channels, depth, block) => (block === 0 ? channels : Math.floor(channels / 2)) + depth * growthRate,
      2 * growthRate,
    ),
    pretrainedCfg,
    classifier: "classifier",
    // Shrinks images 4 times before the first block and 32 times in all.
    smallestUsefulInput: 64,
    layerOf: layerOrder(depths),
    forwardFeatures(layers, images) {
      const stem = { channels: 2 * growthRate, kernel: 7, stride: 2, initialize: kaimingNormalFanIn };
      let x = normRelu(layers, "features.norm0", conv(layers, "features.conv0", images, stem));
      x = maxPool(layers, layers.stage("features.norm0", 2, x));
      for (const [index, depth] of depths.entries()) {
        const block = `features.denseblock${index + 1}`;
        for (let layer = 1; layer <= depth; layer++) {
          const added = denseLayer(layers, `${block}.denselayer${layer}`, x, growthRate);
          x = layers.op("Concat", [x, added], { axis: int(1) });
        }
        if (index === depths.length - 1) break;
        layers.stage(block, 4 * 2 ** index, x);
        x = transition(layers, `features.transition${index + 1}`, x);
      }
      return layers.stage("features.norm5", 2 ** (depths.length + 1), normRelu(layers, "features.norm5", x));
    },
    forwardHead(layers, features, head) {
      const pooled = globalPool(layers, features, head.globalPool);
      const x = head.globalPool === "" ? pooled : flatten(layers, pooled);
      return classify(layers, "classifier", x, head, {
        dropModule: "head_drop",
        initializeBias: constant(0),
      });
    },
  };
}

/** What a layer adds to the channels: [B, growthRate, H, W]. */
function denseLayer(layers: Layers, module: string, x: Value, growthRate: number): Value {
  const narrow = { channels: bottleneckRatio * growthRate, kernel: 1, initialize: kaimingNormalFanIn };
  let y = conv(layers, `${module}.conv1`, normRelu(layers, `${module}.norm1`, x), narrow);
  y = normRelu(layers, `${module}.norm2`, y);
  return conv(layers, `${module}.conv2`, y, {
    channels: growthRate,
    kernel: 3,
    initialize: kaimingNormalFanIn,
  });
}

/** Half the channels, half the size, an odd last row and column left out. */
function transition(layers: Layers, module: string, x: Value): Value {
  const half = { channels: Math.floor((x.shape[1] ?? 0) / 2), kernel: 1, initialize: kaimingNormalFanIn };
  const y = conv(layers, `${module}.conv`, normRelu(layers, `${module}.norm`, x), half);
  return layers.op("AveragePool", [y], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
}

function normRelu(layers: Layers, module: string, x: Value): Value {
  return relu(layers, batchNorm(layers, module, x));
}

/** A transition goes with the last layer before it, the last normalization with the classifier. */
function layerOrder(depths: readonly number[]): LayerOf {
  const layerOf = stemThenBlocks(
    /^features\.(?:conv0|norm0)\./,
    /^features\.denseblock(\d+)\.denselayer(\d+)\./,
  );
  return (name) => {
    const [, block] = /^features\.transition(\d+)\./.exec(name) ?? [];
    return block === undefined ? layerOf(name) : [1, Number(block), depths[Number(block) - 1] ?? 0];
  };
}
