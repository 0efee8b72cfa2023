/** VGG (Simonyan and Zisserman, arXiv:1409.1556), after timm: its linear layers are convolutions over maps of 7×7. */
import { int, ints, type Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { constant, kaimingNormalFanOut, normal } from "../initialization.ts";
import { stemThenBlocks } from "../layer-order.ts";
import { relu } from "../layers/activation.ts";
import { classify, globalPool, type Head } from "../layers/classifier.ts";
import { conv } from "../layers/convolution.ts";
import { dropout } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { reshape } from "../layers/linear.ts";
import { batchNorm } from "../layers/normalization.ts";
import { flatten, spreadAveragePool } from "../layers/pooling.ts";
import type { PretrainedConfig } from "../model.ts";
import type { ArchitectureOptions } from "../model-family.ts";

/** What tells one VGG from another. */
export interface VggConfig {
  /** Channels of the convolutions per stage; a maximum pool ends each. */
  readonly stages: readonly (readonly number[])[];
  /** Each convolution has a batch normalization. */
  readonly norm?: boolean;
  /** Width of the two layers before the classifier. */
  readonly hidden: number;
  readonly pretrainedCfg: PretrainedConfig;
}

/** Side of the map that the layers before the classifier see. */
const side = 7;

/** The architecture of a VGG. */
export function vgg(name: string, config: VggConfig, { inChans }: ArchitectureOptions): Architecture {
  const { stages, norm = false, pretrainedCfg } = config;
  return {
    name,
    inChans,
    numFeatures: stages.at(-1)?.at(-1) ?? 0,
    pretrainedCfg,
    classifier: "head.fc",
    layerOf: stemThenBlocks(/^features\.0\./, /^features\.(\d+)\./),
    forwardFeatures(layers, images) {
      // Places in timm's list of layers, where activations and pools have places too.
      let place = 0;
      let x = images;
      for (const [stage, widths] of stages.entries()) {
        for (const channels of widths) {
          x = conv(layers, `features.${place++}`, x, { channels, kernel: 3, bias: true });
          if (norm) x = batchNorm(layers, `features.${place++}`, x);
          x = relu(layers, x);
          place++;
        }
        layers.stage(`features.${place - 1}`, 2 ** stage, x);
        x = layers.op("MaxPool", [x], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
        place++;
      }
      return layers.stage(`features.${place - 1}`, 2 ** stages.length, x);
    },
    forwardHead(layers, features, head) {
      const x = globalPool(layers, preLogits(layers, features, config, head), head.globalPool);
      const pooled = head.globalPool === "" ? x : flatten(layers, x);
      const initialization = { initialize: normal(0.01), initializeBias: constant(0) };
      return classify(layers, "head.fc", pooled, head, { dropModule: "head.drop", ...initialization });
    },
  };
}

/** Two wide layers: a map [B, C, H, W] to [B, hidden, max(H - 6, 1), max(W - 6, 1)]; smaller maps are spread to 7×7. */
function preLogits(
  layers: Layers,
  features: Value,
  { hidden }: VggConfig,
  { dropRate }: Pick<Head, "dropRate">,
): Value {
  const [, , height = 0, width = 0] = features.shape;
  const map = spreadAveragePool(layers, features, [Math.max(side, height), Math.max(side, width)]);
  const x = relu(layers, wide(layers, "pre_logits.fc1", map, hidden, side));
  const dropped = dropout(layers, "pre_logits.drop", x, dropRate);
  return relu(layers, wide(layers, "pre_logits.fc2", dropped, hidden, 1));
}

/** Convolution without padding, as a product of matrices where the kernel covers the map. */
function wide(layers: Layers, module: string, x: Value, channels: number, kernel: number): Value {
  const [, inner = 0, height, width] = x.shape;
  if (height !== kernel || width !== kernel) {
    return conv(layers, module, x, { channels, kernel, padding: 0, bias: true });
  }
  const weight = layers.parameter(`${module}.weight`, [channels, inner, kernel, kernel], kaimingNormalFanOut);
  const bias = layers.parameter(`${module}.bias`, [channels], constant(0));
  const rows = [flatten(layers, x), reshape(layers, weight, [channels, -1]), bias];
  const product = layers.op("Gemm", rows, { transB: int(1) }, { name: module });
  return reshape(layers, product, [-1, channels, 1, 1]);
}
