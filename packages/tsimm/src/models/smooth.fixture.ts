/**
 * A well-conditioned network: without kinks, and with many values behind each normalization, so that two ways to compute
 * the same training stay together for many updates.
 */
import { buildModel } from "./build-model.ts";
import { silu } from "./layers/activation.ts";
import { classify } from "./layers/classifier.ts";
import { conv } from "./layers/convolution.ts";
import { batchNorm } from "./layers/normalization.ts";
import { averagePool, flatten, globalAveragePool } from "./layers/pooling.ts";
import type { Model } from "./model.ts";

/** Images of the network: [C, H, W]. */
export const smoothInput = [3, 12, 12] as const;

/** The network for three classes. */
export function createSmooth({ dropRate = 0, seed = 0 } = {}): Model {
  return buildModel(
    {
      ...{ name: "smooth", inChans: 3, numFeatures: 12, classifier: "fc" },
      pretrainedCfg: {
        ...{ inputSize: smoothInput, interpolation: "bilinear", cropPct: 1, cropMode: "center" },
        ...{ mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] },
      },
      forwardFeatures(layers, images) {
        const x = silu(
          layers,
          batchNorm(layers, "bn1", conv(layers, "conv1", images, { channels: 8, kernel: 3 })),
        );
        const y = conv(layers, "conv2", averagePool(layers, x, 2), { channels: 12, kernel: 3 });
        return silu(layers, batchNorm(layers, "bn2", y));
      },
      forwardHead: (layers, features, head) =>
        classify(layers, "fc", flatten(layers, globalAveragePool(layers, features)), head, {
          dropModule: "fc_drop",
        }),
    },
    { numClasses: 3, seed, dropRate },
  );
}
