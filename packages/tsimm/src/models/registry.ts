/** Models by timm's names. */
import { didYouMean } from "../did-you-mean.ts";
import { type Architecture, buildModel, countParameters } from "./build-model.ts";
import type { Model, PretrainedConfig } from "./model.ts";
import { resnet } from "./resnet.ts";
import { resnetConfigs } from "./resnet-configs.ts";

/** Options of {@link createModel}; an undefined or null one counts as absent. */
export interface ModelOptions {
  /** Classes, an integer >= 1. */
  readonly numClasses?: number | null | undefined;
  /** Channels of the images, an integer >= 1. */
  readonly inChans?: number | null | undefined;
  /** Seed of the initial weights, a safe integer. */
  readonly seed?: number | null | undefined;
  /** The last normalization of each residual block starts at weight 0. */
  readonly zeroInitLast?: boolean | null | undefined;
}

const optionNames = ["numClasses", "inChans", "seed", "zeroInitLast"];

/**
 * Creates a model with initial weights: the same name, options and seed give the same bytes.
 *
 * Defaults: numClasses 1000, inChans 3, seed 42, zeroInitLast true.
 *
 * @param name - One of {@link listModels}.
 * @throws RangeError for an unknown name or option, or a value out of range.
 * @example
 * const model = createModel("resnet34", { numClasses: 10 });
 * model.parameters.length; // => 110
 * model.parameters[0].name; // => "conv1.weight"
 * @see timm `timm/models/_factory.py`
 */
export function createModel(name: string, options: ModelOptions = {}): Model {
  return buildModel(architectureOf("createModel", name, options), options.seed ?? 42);
}

/** What is known of a model before it is created. */
export interface ModelInfo {
  readonly name: string;
  /** Trainable numbers. */
  readonly parameterCount: number;
  /** Width of the pooled features before the classifier. */
  readonly numFeatures: number;
  readonly pretrainedCfg: PretrainedConfig;
}

/**
 * Describes a model without making its weights.
 *
 * @throws RangeError as {@link createModel} does.
 * @example
 * modelInfo("resnet18").parameterCount; // => 11689512
 */
export function modelInfo(name: string, options: ModelOptions = {}): ModelInfo {
  const architecture = architectureOf("modelInfo", name, options);
  const { numFeatures, pretrainedCfg } = architecture;
  return { name, parameterCount: countParameters(architecture), numFeatures, pretrainedCfg };
}

function architectureOf(where: string, name: string, options: ModelOptions): Architecture {
  const config = isModel(name) ? resnetConfigs[name] : undefined;
  if (config === undefined) {
    const names = Object.keys(resnetConfigs);
    throw new RangeError(
      `${where}: name must be one of ${names.join(", ")}, got "${name}"${didYouMean(name, names)}`,
    );
  }
  for (const option of Object.keys(options)) {
    if (optionNames.includes(option)) continue;
    throw new RangeError(
      `${where}: option must be one of ${optionNames.join(", ")}, got "${option}"${didYouMean(option, optionNames)}`,
    );
  }
  const numClasses = options.numClasses ?? 1000;
  const inChans = options.inChans ?? 3;
  for (const [option, value] of Object.entries({ numClasses, inChans })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${where}: ${option} must be an integer >= 1, got ${value}`);
    }
  }
  return resnet(name, config, { numClasses, inChans, zeroInitLast: options.zeroInitLast ?? true });
}

/**
 * Names of models, in natural order.
 *
 * @param glob - `*` stands for any characters, `?` for one.
 * @example
 * listModels("resnet?8*"); // => ["resnet18", "resnet18d"]
 */
export function listModels(glob = "*"): string[] {
  const literal = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return Object.keys(resnetConfigs).filter((name) => pattern.test(name));
}

/**
 * Whether {@link createModel} knows this name.
 *
 * @example
 * isModel("resnet50"); // => true
 * isModel("resnet35"); // => false
 */
export function isModel(name: string): boolean {
  return Object.hasOwn(resnetConfigs, name);
}
