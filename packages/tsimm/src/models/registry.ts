/** Models by name: timm's, and those that users register. */

import { checkOptionNames } from "../option-names.ts";
import { createRegistry, type Registry } from "../registry.ts";
import { naturalSortSet } from "../text/natural-sort.ts";
import type { Architecture } from "./architecture.ts";
import { type BuildOptions, buildModel, countParameters } from "./build-model.ts";
import { type ConfigValue, configured } from "./config-option.ts";
import { builtInFamilies } from "./families/built-in-families.ts";
import { keptOptions } from "./kept-options.ts";
import type { GlobalPool } from "./layers/classifier.ts";
import type { BatchNormSettings } from "./layers/layers.ts";
import type { Model, PretrainedWeightsConfig } from "./model.ts";
import { type ArchitectureOptions, defineModelFamily, type ModelFamily } from "./model-family.ts";

const families: Registry<ModelFamily> = createRegistry("model family", {
  builtIn: builtInFamilies,
});

/** A model of a family. */
interface NamedModel {
  readonly name: string;
  /** Fields of its configuration that a caller may set. */
  readonly configNames: readonly string[];
  /** Drop-path rate where none is asked for. */
  readonly dropPathRate: number;
  create(options: ArchitectureOptions, config: Readonly<Record<string, ConfigValue>>): Architecture;
}

const models: Registry<NamedModel> = createRegistry("model", {
  builtIn: families.definitions().flatMap(modelsOf),
  registeredBy: "registerModelFamily",
  order: naturalSortSet,
});

function modelsOf(family: ModelFamily): NamedModel[] {
  return Object.entries(family.models).map(([name, config]) => ({
    name,
    configNames: Object.keys(family.options ?? {}),
    dropPathRate: family.dropPathRate ?? 0,
    create(options, given) {
      const own = configured(name, config, family.options ?? {}, given);
      const architecture = family.create(name, own, options);
      if (architecture.name === name) return architecture;
      throw new Error(
        `${family.name}.create: name of the architecture must be "${name}", got "${architecture.name}"`,
      );
    },
  }));
}

/**
 * Makes the models of a family known by their names to {@link createModel}, `train` and all else that takes a name.
 *
 * @throws TypeError if a name is no text or is empty.
 * @throws RangeError if it has no model, or if there is another family, or another model, of a name.
 * @example
 * import { isModel, registerModelFamily } from "tsimm";
 * import { classify, flatten, imageNet } from "tsimm/layers";
 *
 * registerModelFamily({
 *   name: "softmax_regression",
 *   models: { softmax_regression_8: { side: 8 }, softmax_regression_32: { side: 32 } },
 *   create: (name, { side }, { inChans }) => ({
 *     name,
 *     inChans,
 *     numFeatures: inChans,
 *     pretrainedCfg: { ...imageNet, inputSize: [inChans, side, side] },
 *     classifier: "fc",
 *     forwardFeatures: (layers, images) => images,
 *     forwardHead: (layers, x, head) => classify(layers, "fc", flatten(layers, x), head, { dropModule: "drop" }),
 *   }),
 * });
 * isModel("softmax_regression_8"); // => true
 */
export function registerModelFamily<C>(family: ModelFamily<C>): void {
  const checked = defineModelFamily(family);
  if (!families.has(checked.name)) models.register(...modelsOf(checked));
  families.register(checked);
}

/** All families of models, built-in ones first. */
export function modelFamilies(): ModelFamily[] {
  return families.definitions();
}

/** Options of {@link createModel}; an undefined or null one counts as absent. */
export interface ModelOptions {
  /** Classes, or outputs of another kind, an integer >= 0; 0: the model yields its pooled features. */
  readonly numClasses?: number | null | undefined;
  /** Channels of the images, an integer >= 1. */
  readonly inChans?: number | null | undefined;
  /** Side of the square images in pixels, an integer >= 1, for models whose tensors depend on it. */
  readonly imgSize?: number | null | undefined;
  /** How features become one vector per image; absent: as the architecture does it. */
  readonly globalPool?: GlobalPool | null | undefined;
  /** Dropout before the classifier, in [0, 1). */
  readonly dropRate?: number | null | undefined;
  /**
   * Drop-path rate, in [0, 1): it rises from 0 at the first block to this at the last, in EfficientNets to a step below;
   * absent: 0, of a Swin transformer 0.1.
   */
  readonly dropPathRate?: number | null | undefined;
  /** The model yields feature maps instead of logits, and has only the tensors they need. */
  readonly featuresOnly?: boolean | null | undefined;
  /** Which maps, by their place from the finest, negative from the coarsest; absent: all, of a ViT the last three. */
  readonly outIndices?: readonly number[] | null | undefined;
  /** Weight of a batch in the running statistics of batch normalizations, in [0, 1]; absent: the model's own. */
  readonly bnMomentum?: number | null | undefined;
  /** Added to the variance in batch normalizations, > 0; absent: the model's own. */
  readonly bnEps?: number | null | undefined;
  /** Parts of a training batch with batch normalizations of their own, an integer >= 2; absent: one for all. */
  readonly splitBn?: number | null | undefined;
  /** Fields of the model's configuration by their names, e.g. `{ patchSize: 8 }`, as its family allows. */
  readonly config?: Readonly<Record<string, ConfigValue>> | null | undefined;
  /** Seed of the initial weights, a safe integer. */
  readonly seed?: number | null | undefined;
  /** The last normalization of each residual block starts at weight 0 (ResNets, RegNets). */
  readonly zeroInitLast?: boolean | null | undefined;
}

const optionNames: { readonly [K in keyof Required<ModelOptions>]: true } = {
  ...{ numClasses: true, inChans: true, imgSize: true, globalPool: true, dropRate: true, dropPathRate: true },
  ...{ featuresOnly: true, outIndices: true, seed: true, zeroInitLast: true },
  ...{ bnMomentum: true, bnEps: true, splitBn: true, config: true },
};

/**
 * Creates a model with initial weights: the same name, options and seed give the same bytes.
 *
 * Defaults: numClasses 1000, inChans 3, no dropout, seed 42, zeroInitLast true.
 *
 * @param name - One of {@link listModels}.
 * @throws RangeError for an unknown name or option, or a value out of range; TypeError if the options are no object.
 * @example
 * const model = createModel("resnet34", { numClasses: 10 });
 * model.parameters.length; // => 110
 * model.parameters[0].name; // => "conv1.weight"
 * const maps = createModel("resnet34", { featuresOnly: true, outIndices: [2, -1] });
 * maps.featureInfo[1]; // => { module: "layer4", channels: 512, reduction: 32 }
 * @see timm `timm/models/_factory.py`
 */
export function createModel(name: string, options: ModelOptions = {}): Model {
  return buildRegistered("createModel", name, options, null);
}

/**
 * Creates a model as {@link createModel} does.
 *
 * @param where - Function named in errors.
 * @param weights - Configuration of the weights that it is for: it gives classes, image size and preprocessing where
 *   the options do not; null: the model's own.
 */
export function buildRegistered(
  where: string,
  name: string,
  options: ModelOptions,
  weights: PretrainedWeightsConfig | null,
): Model {
  const { architecture, build } = resolve(where, name, options, weights);
  const model = buildModel(architecture, build);
  checkHasBatchNorm(where, model, options);
  const splits = options.splitBn ?? null;
  if (splits !== null) model.splitBatchNorms?.(splits);
  const kept = keptOptions(options);
  return kept === undefined ? model : Object.assign(model, { options: kept });
}

/** What is known of a model before it is created. */
export interface ModelInfo {
  readonly name: string;
  /** Trainable numbers. */
  readonly parameterCount: number;
  /** Channels of a map of unpooled features, width of a token. */
  readonly numFeatures: number;
  readonly pretrainedCfg: PretrainedWeightsConfig;
  /** Side of the smallest images in pixels from which it learns well; absent: not known. */
  readonly smallestUsefulInput?: number;
}

/**
 * Describes a model without making its weights.
 *
 * @throws RangeError as {@link createModel} does.
 * @example
 * modelInfo("resnet18").parameterCount; // => 11689512
 */
export function modelInfo(name: string, options: ModelOptions = {}): ModelInfo {
  return describeRegistered("modelInfo", name, options, null);
}

/** Describes a model that {@link buildRegistered} would make. */
export function describeRegistered(
  where: string,
  name: string,
  options: ModelOptions,
  weights: PretrainedWeightsConfig | null,
): ModelInfo {
  const { architecture, build } = resolve(where, name, options, weights);
  const { numFeatures, pretrainedCfg, smallestUsefulInput } = architecture;
  return {
    ...{ name, parameterCount: countParameters(architecture, build), numFeatures, pretrainedCfg },
    ...(smallestUsefulInput === undefined ? {} : { smallestUsefulInput }),
  };
}

function resolve(
  where: string,
  name: string,
  options: ModelOptions,
  weights: PretrainedWeightsConfig | null,
): { architecture: Architecture; build: BuildOptions } {
  if (typeof name !== "string") throw new TypeError(`${where}: name must be text, got ${name}`);
  const found = models.find(where, name);
  checkOptionNames(where, options, optionNames);
  const numClasses = options.numClasses ?? weights?.numClasses ?? 1000;
  const inChans = options.inChans ?? weights?.inputSize[0] ?? 3;
  const imgSize = options.imgSize ?? (weights?.fixedInputSize ? weights.inputSize[1] : null);
  const [dropRate, dropPathRate] = [options.dropRate ?? 0, options.dropPathRate ?? found.dropPathRate];
  checkInteger(where, { numClasses }, 0);
  checkInteger(where, { inChans, imgSize: imgSize ?? 1 }, 1);
  for (const [option, value] of Object.entries({ dropRate, dropPathRate })) {
    if (!(value >= 0 && value < 1)) {
      throw new RangeError(`${where}: ${option} must be a number >= 0 and < 1, got ${value}`);
    }
  }
  const { seed, globalPool, outIndices, zeroInitLast } = options;
  const batchNorms = batchNormSettings(where, options);
  const config = options.config ?? {};
  if (typeof config !== "object" || Array.isArray(config)) {
    throw new TypeError(`${where}: config must be an object, got ${JSON.stringify(config)}`);
  }
  if (outIndices && !options.featuresOnly) {
    throw new RangeError(`${where}: outIndices must come with featuresOnly, got ${outIndices} without it`);
  }
  const architecture = found.create(
    {
      ...{ inChans, imgSize, dropPathRate },
      globalPool: globalPool ?? null,
      zeroInitLast: zeroInitLast ?? true,
    },
    config,
  );
  return {
    architecture:
      weights === null
        ? architecture
        : { ...architecture, pretrainedCfg: { ...weights, ...sizeOf(architecture, imgSize, weights) } },
    build: {
      ...{ numClasses, dropRate, seed: seed ?? 42, batchNorms },
      ...(globalPool === undefined || globalPool === null ? {} : { globalPool }),
      ...(options.featuresOnly ? { outIndices: outIndices ?? "all" } : {}),
    },
  };
}

/** Options of batch normalizations are for models that have some. */
function checkHasBatchNorm(where: string, { name, batchNormalizations }: Model, options: ModelOptions): void {
  if (batchNormalizations.length > 0) return;
  for (const option of ["bnMomentum", "bnEps", "splitBn"] as const) {
    const value = options[option] ?? null;
    if (value === null) continue;
    throw new RangeError(
      `${where}: ${option} must be left out for ${name}, which has no batch normalization, got ${value}`,
    );
  }
}

function batchNormSettings(where: string, { bnMomentum, bnEps }: ModelOptions): BatchNormSettings {
  const [momentum, eps] = [bnMomentum ?? undefined, bnEps ?? undefined];
  if (momentum !== undefined && !(momentum >= 0 && momentum <= 1)) {
    throw new RangeError(`${where}: bnMomentum must be a number >= 0 and <= 1, got ${momentum}`);
  }
  if (eps !== undefined && !(eps > 0 && Number.isFinite(eps))) {
    throw new RangeError(`${where}: bnEps must be a number > 0, got ${eps}`);
  }
  return { ...(momentum === undefined ? {} : { momentum }), ...(eps === undefined ? {} : { eps }) };
}

/** The size that tensors of a model depend on is the one that it is made for. */
function sizeOf(
  { pretrainedCfg }: Architecture,
  imgSize: number | null,
  { inputSize }: PretrainedWeightsConfig,
): Pick<PretrainedWeightsConfig, "inputSize"> {
  const [, height] = pretrainedCfg.inputSize;
  return { inputSize: height === imgSize ? pretrainedCfg.inputSize : inputSize };
}

function checkInteger(where: string, options: Readonly<Record<string, number>>, least: number): void {
  for (const [option, value] of Object.entries(options)) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new RangeError(`${where}: ${option} must be an integer >= ${least}, got ${value}`);
  }
}

/**
 * Fields of a model's configuration that `createModel` lets one set.
 *
 * @throws RangeError for an unknown name.
 */
export function modelConfigNames(name: string): readonly string[] {
  return models.find("modelConfigNames", name).configNames;
}

/**
 * Refuses a name that no model has.
 *
 * @param where - Function named in the error.
 * @throws RangeError that lists the names, with the nearest one.
 */
export function checkModelName(where: string, name: string): void {
  models.find(where, name);
}

/**
 * Names of models, in natural order, registered ones included.
 *
 * @param glob - `*` stands for any characters, `?` for one.
 * @example
 * listModels("resnet?8*"); // => ["resnet18", "resnet18d"]
 */
export function listModels(glob = "*"): string[] {
  const literal = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return models.names().filter((name) => pattern.test(name));
}

/**
 * Whether {@link createModel} knows this name.
 *
 * @example
 * isModel("resnet50"); // => true
 * isModel("resnet35"); // => false
 */
export function isModel(name: string): boolean {
  return models.has(name);
}
