/** The definition of a model family: its models by name, and their architectures. */
import { checkIsDefinition } from "../registry.ts";
import type { Architecture } from "./architecture.ts";
import type { ConfigOptions } from "./config-option.ts";
import type { GlobalPool } from "./layers/classifier.ts";

/** Options that every architecture is made with; one that has no use for an option ignores it. */
export interface ArchitectureOptions {
  /** Channels of the images, an integer >= 1. */
  readonly inChans: number;
  /** Side of the square images in pixels, for architectures whose tensors depend on it; null: their own. */
  readonly imgSize: number | null;
  /** Drop-path rate of the last block, in [0, 1); the first has 0. */
  readonly dropPathRate: number;
  /** How features become one vector per image; null: as the architecture does it. */
  readonly globalPool: GlobalPool | null;
  /** The last normalization of each residual block starts at weight 0, so that each block starts as the identity. */
  readonly zeroInitLast: boolean;
}

/** Models of one kind. `C`: configuration of a model. */
export interface ModelFamily<C = unknown> {
  /** Name of the family, e.g. `resnet`. */
  readonly name: string;
  /** Configuration of each model, by its name. */
  readonly models: Readonly<Record<string, C>>;
  /** Fields of the configurations that a caller of `createModel` may set; absent: none. */
  readonly options?: ConfigOptions<C>;
  /** Drop-path rate of a model for which none is asked, in [0, 1); absent: 0. */
  readonly dropPathRate?: number;
  /**
   * The architecture of one model.
   *
   * @param name - One of the names in `models`; the architecture's name.
   * @param config - What `models` has under it, with the fields that a caller has set.
   */
  create(name: string, config: C, options: ArchitectureOptions): Architecture;
}

/**
 * Checks a family of models and returns it as it is.
 *
 * @throws RangeError if it has no model.
 * @example
 * import { createModel, defineModelFamily, registerModelFamily } from "tsimm";
 * import { batchNorm, classify, conv, flatten, globalPool, imageNet, relu } from "tsimm/layers";
 *
 * const plain = defineModelFamily({
 *   name: "plain",
 *   models: { plain4: { widths: [8, 16, 32, 64] }, plain5: { widths: [16, 32, 64, 128, 256] } },
 *   create: (name, { widths }, { inChans }) => ({
 *     name,
 *     inChans,
 *     numFeatures: widths.at(-1),
 *     pretrainedCfg: imageNet,
 *     classifier: "fc",
 *     // Images [B, C, H, W] to a map [B, numFeatures, H / 2ⁿ, W / 2ⁿ].
 *     forwardFeatures(layers, images) {
 *       return widths.reduce((x, channels, i) => {
 *         const y = conv(layers, `conv${i}`, x, { channels, kernel: 3, stride: 2 });
 *         return relu(layers, batchNorm(layers, `bn${i}`, y));
 *       }, images);
 *     },
 *     // The map to logits [B, numClasses].
 *     forwardHead(layers, features, head) {
 *       const pooled = flatten(layers, globalPool(layers, features, head.globalPool));
 *       return classify(layers, "fc", pooled, head, { dropModule: "fc_drop" });
 *     },
 *   }),
 * });
 * registerModelFamily(plain);
 * const model = createModel("plain4", { numClasses: 10 });
 * model.parameters.slice(0, 3).map(({ name }) => name); // => ["conv0.weight", "bn0.weight", "bn0.bias"]
 */
export function defineModelFamily<C>(family: ModelFamily<C>): ModelFamily<C> {
  checkIsDefinition("defineModelFamily", family);
  const { models, create } = family;
  if (typeof models !== "object" || models === null) {
    throw new TypeError(
      `defineModelFamily: models of "${family.name}" must be an object of configurations by name, got ${JSON.stringify(models)}`,
    );
  }
  if (typeof create !== "function") {
    throw new TypeError(
      `defineModelFamily: create of "${family.name}" must be a function, got ${JSON.stringify(create)}`,
    );
  }
  if (Object.keys(models).length === 0) {
    throw new RangeError(`defineModelFamily: models must have at least one, got none in "${family.name}"`);
  }
  return family;
}
