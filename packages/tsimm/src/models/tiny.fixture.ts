/** The one small network of the golden file `tiny.json`: a convolution, a normalization, a pool, a classifier. */
import { ints } from "@tsimm/autodiff";
import { buildModel } from "./build-model.ts";
import { relu } from "./layers/activation.ts";
import { classify } from "./layers/classifier.ts";
import { conv } from "./layers/convolution.ts";
import { batchNorm } from "./layers/normalization.ts";
import { flatten } from "./layers/pooling.ts";
import type { Model } from "./model.ts";

/** The network for 10 classes and images of 16×16 pixels. */
export function createTiny(): Model {
  const size = 16;
  return buildModel(
    {
      name: "tiny",
      inChans: 3,
      numFeatures: (8 * size * size) / 4,
      pretrainedCfg: {
        inputSize: [3, size, size],
        interpolation: "bilinear",
        cropPct: 1,
        cropMode: "center",
        mean: [0, 0, 0],
        std: [1, 1, 1],
      },
      classifier: "fc",
      forwardFeatures(layers, images) {
        const x = conv(layers, "conv1", images, { channels: 8, kernel: 3 });
        const y = relu(layers, batchNorm(layers, "bn1", x));
        return layers.op("MaxPool", [y], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
      },
      forwardHead: (layers, features, head) =>
        classify(layers, "fc", flatten(layers, features), head, { dropModule: "fc_drop" }),
    },
    { numClasses: 10, seed: 0 },
  );
}
