/**
 * EfficientNets (Tan and Le, arXiv:1905.11946 and arXiv:2104.00298), MixNets (arXiv:1907.09595) and MobileNets 2 to 4
 * (arXiv:1801.04381, arXiv:1905.02244, arXiv:2404.10518), after timm: stages of inverted residuals.
 */
import type { Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { constant, kaimingNormalFanOutPerGroup, uniformFanOut } from "../initialization.ts";
import { type LayerOf, stemThenBlocks } from "../layer-order.ts";
import type { Activation } from "../layers/activation.ts";
import { classify, globalPool, type Head } from "../layers/classifier.ts";
import { conv } from "../layers/convolution.ts";
import type { Layers } from "../layers/layers.ts";
import { batchNorm } from "../layers/normalization.ts";
import { flatten } from "../layers/pooling.ts";
import type { PretrainedConfig } from "../model.ts";
import type { ArchitectureOptions } from "../model-family.ts";
import { type ConvStyle, type InvertedBlock, invertedBlock, type SqueezeKind } from "./inverted-block.ts";

/** Blocks of one form, the first of which may have a stride. */
export interface BlockRow extends Omit<InvertedBlock, "activation"> {
  readonly repeats: number;
  /** Absent: the model's. */
  readonly activation?: Activation;
}

/** What tells one of these networks from another. */
export interface EfficientNetConfig {
  /** Rows of blocks per stage. */
  readonly stages: readonly (readonly BlockRow[])[];
  readonly stemChannels: number;
  /** Channels before the classifier. */
  readonly headChannels: number;
  /**
   * Where the convolution before the classifier comes after the pool: whether it has a bias, or a normalization; absent:
   * it comes before the pool, with a normalization.
   */
  readonly afterPool?: "bias" | "norm";
  readonly activation: Activation;
  /** Takes the place of `activation`, but not of a row's own; absent: it stays. */
  readonly actLayer?: Activation;
  /** How squeeze and excitation is made, where a row has it. */
  readonly squeeze: SqueezeKind;
  /** Padding and normalization as TensorFlow has them: `same`, and 1e-3 added to the variance. */
  readonly tensorFlow?: boolean;
  readonly pretrainedCfg: PretrainedConfig;
}

const initialize = kaimingNormalFanOutPerGroup(1);

/** The architecture of an EfficientNet, MixNet or MobileNet. */
export function efficientnet(
  name: string,
  config: EfficientNetConfig,
  { inChans, dropPathRate }: ArchitectureOptions,
): Architecture {
  const { stages, stemChannels, headChannels, afterPool, activation, squeeze } = config;
  const blockCount = stages.flat().reduce((sum, { repeats }) => sum + repeats, 0);
  const style: ConvStyle = config.tensorFlow ? { padding: "same", norm: { eps: 1e-3 } } : {};
  return {
    name,
    inChans,
    numFeatures: afterPool ? (stages.at(-1)?.at(-1)?.channels ?? 0) : headChannels,
    pretrainedCfg: config.pretrainedCfg,
    classifier: "classifier",
    layerOf: layerOrder(config),
    forwardFeatures(layers, images) {
      const { norm, ...padding } = style;
      const stem = { channels: stemChannels, kernel: 3, stride: 2, initialize, ...padding };
      let x = conv(layers, "conv_stem", images, stem);
      x = activation(layers, batchNorm(layers, "bn1", x, norm));
      let reduction = 2;
      if (startsWithStride(stages[0])) layers.stage("bn1", reduction, x);
      let count = 0;
      for (const [stage, rows] of stages.entries()) {
        if (startsWithStride(rows)) reduction *= 2;
        for (const [index, block] of blocksOf(rows).entries()) {
          // timm's rates rise by an equal step from block to block, and end one step below the given rate.
          const dropRate = (dropPathRate * count++) / blockCount;
          const options = { activation, ...block, squeeze, style, dropRate };
          x = invertedBlock(layers, `blocks.${stage}.${index}`, x, options);
        }
        const next = stages[stage + 1];
        if (next === undefined || startsWithStride(next)) layers.stage(`blocks.${stage}`, reduction, x);
      }
      if (afterPool) return x;
      x = conv(layers, "conv_head", x, { channels: headChannels, kernel: 1, initialize });
      return activation(layers, batchNorm(layers, "bn2", x, norm));
    },
    forwardHead(layers, features, head) {
      const pooled = globalPool(layers, features, head.globalPool);
      const mixed = afterPool ? headConv(layers, pooled, config) : pooled;
      const x = head.globalPool === "" ? mixed : flatten(layers, mixed);
      return classifier(layers, x, head);
    },
  };
}

function headConv(
  layers: Layers,
  x: Value,
  { headChannels, afterPool, activation }: EfficientNetConfig,
): Value {
  const bias = afterPool === "bias";
  const y = conv(layers, "conv_head", x, { channels: headChannels, kernel: 1, bias, initialize });
  return activation(layers, bias ? y : batchNorm(layers, "norm_head", y));
}

function classifier(layers: Layers, x: Value, head: Head): Value {
  const initialization = { initialize: uniformFanOut, initializeBias: constant(0) };
  return classify(layers, "classifier", x, head, { dropModule: "classifier_drop", ...initialization });
}

function startsWithStride(rows: readonly BlockRow[] | undefined): boolean {
  return (rows?.[0]?.stride ?? 1) > 1;
}

/** Only the first of a row's blocks has its stride. */
function blocksOf(rows: readonly BlockRow[]): Omit<BlockRow, "repeats">[] {
  return rows.flatMap(({ repeats, ...block }) =>
    Array.from({ length: repeats }, (_, index) => (index === 0 ? block : { ...block, stride: 1 })),
  );
}

/** A head convolution with a normalization goes with the last block. */
function layerOrder({ stages, afterPool }: EfficientNetConfig): LayerOf {
  const layerOf = stemThenBlocks(/^(conv_stem|bn1)\./, /^blocks\.(\d+)\.(\d+)\./);
  if (afterPool) return layerOf;
  const last = [1, stages.length - 1, blocksOf(stages.at(-1) ?? []).length - 1];
  return (name) => (/^(conv_head|bn2)\./.test(name) ? last : layerOf(name));
}
