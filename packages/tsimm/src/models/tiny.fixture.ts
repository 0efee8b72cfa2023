/** The one small network of the golden file `tiny.json`: a convolution, a normalization, a pool, a classifier. */
import { int, ints } from "@tsimm/autodiff";
import { buildModel } from "./build-model.ts";
import type { Model } from "./model.ts";

/** The network for 10 classes and images of 16×16 pixels. */
export function createTiny(): Model {
  const size = 16;
  return buildModel(
    {
      name: "tiny",
      numClasses: 10,
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
      forward(layers, images) {
        const { builder } = layers;
        const x = layers.relu(
          layers.batchNorm("bn1", layers.conv("conv1", images, { channels: 8, kernel: 3 })),
        );
        const pooled = builder.op("MaxPool", [x], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
        return layers.linear("fc", builder.op("Flatten", [pooled], { axis: int(1) }), 10);
      },
    },
    0,
  );
}
