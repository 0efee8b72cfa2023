/**
 * Layers for models of one's own, as `timm.layers`: functions that add a layer to the network in the making, its
 * tensors under the name of a module. `defineModelFamily` of `tsimm` has an example.
 *
 * @module
 */
export type { Value } from "@tsimm/autodiff";
export {
  constant,
  type Initializer,
  kaimingNormalFanIn,
  kaimingNormalFanOut,
  kaimingNormalFanOutPerGroup,
  normal,
  uniformFanIn,
  uniformFanOut,
} from "./models/initialization.ts";
export { type LayerOf, stemThenBlocks } from "./models/layer-order.ts";
export {
  type Activation,
  gelu,
  geluTanh,
  hardSigmoid,
  hardSwish,
  relu,
  relu6,
  sigmoid,
  silu,
} from "./models/layers/activation.ts";
export { type AttentionOptions, attention } from "./models/layers/attention.ts";
export {
  type ClassifyOptions,
  classify,
  type GlobalPool,
  globalPool,
  type Head,
  mapPools,
} from "./models/layers/classifier.ts";
export { type ConvOptions, conv } from "./models/layers/convolution.ts";
export { dropout, dropPath, dropPathRates } from "./models/layers/dropout.ts";
export {
  type BatchNormalizationDeclaration,
  type Declarations,
  type FeatureInfo,
  Layers,
  type Mask,
  type ParameterDeclaration,
} from "./models/layers/layers.ts";
export { type LinearOptions, linear, reshape } from "./models/layers/linear.ts";
export {
  type BatchNormOptions,
  batchNorm,
  type LayerNormOptions,
  layerNorm,
  layerNorm2d,
  toChannelsFirst,
  toChannelsLast,
} from "./models/layers/normalization.ts";
export { averagePool, flatten, globalAveragePool, globalMaxPool, maxPool } from "./models/layers/pooling.ts";
export { type SqueezeExciteOptions, squeezeExcite } from "./models/layers/squeeze-excite.ts";
export { tokenPool, withoutClassToken } from "./models/layers/token-pool.ts";
export { imageNet, inception } from "./models/preprocessing.ts";
export type { RandomStream } from "./random/keyed-random.ts";
