/** What a family of models has to say about one of them. */
import type { Value } from "@tsimm/autodiff";
import type { LayerOf } from "./layer-order.ts";
import type { GlobalPool, Head } from "./layers/classifier.ts";
import type { Layers } from "./layers/layers.ts";
import type { PretrainedWeightsConfig } from "./model.ts";

/** An architecture with all its options fixed but those of its {@link Head}. */
export interface Architecture {
  readonly name: string;
  readonly inChans: number;
  /** Channels of a map of unpooled features, width of a token. */
  readonly numFeatures: number;
  readonly pretrainedCfg: PretrainedWeightsConfig;
  /** Module of the last linear layer, e.g. `fc`. */
  readonly classifier: string;
  /** Module of a second one beside it, whose outputs are averaged with the first one's; absent: none. */
  readonly secondClassifier?: string;
  /** Side of the smallest images in pixels from which it learns well; absent: not known. */
  readonly smallestUsefulInput?: number;
  /** Pools it can do, its default first; absent: those of maps. */
  readonly globalPools?: readonly GlobalPool[];
  /** How many maps, from the coarsest, `featuresOnly` alone yields; absent: all. */
  readonly mapCount?: number;
  /** Parameters that never get weight decay though they have two or more dimensions. */
  readonly noWeightDecay?: readonly string[];
  /** For learning rates that fall from layer to layer; absent: all is one layer. */
  readonly layerOf?: LayerOf;
  /** From normalised images, [B, inChans, H, W], to unpooled features: a map [B, C, H, W] or tokens [B, N, D]. */
  forwardFeatures(layers: Layers, images: Value): Value;
  /**
   * From features to logits, [B, numClasses], or to pooled features without classes.
   *
   * @param head - Classes, pooling and dropout, which a model can change after it is made.
   */
  forwardHead(layers: Layers, features: Value, head: Head): Value;
}
