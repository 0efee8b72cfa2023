/** Models by name, with a tag or from a repository or folder, and with pretrained weights. */

import { printable } from "../../text/printable.ts";
import { hubSettings } from "../../weights/hub/hub-settings.ts";
import { readWeightsFile, reasonNotRead } from "../../weights/read-weights-file.ts";
import type { Model, PretrainedWeightsConfig } from "../model.ts";
import { buildRegistered, describeRegistered, type ModelInfo, type ModelOptions } from "../registry.ts";
import { loadAdapted, loadStart } from "./load-start.ts";
import { parseModelName } from "./model-name.ts";
import { type ModelStart, modelStart } from "./model-start.ts";
import { pretrainedConfig } from "./pretrained-configs.ts";

/** Options of {@link createModel} for the weights that the model starts with. */
export interface WeightsOptions {
  /** The weights of the name's tag, of the default tag, or of the repository or folder. */
  readonly pretrained?: boolean | null | undefined;
  /** A safetensors file or one of PyTorch, or a folder with one, instead of those weights; adapted as they are. */
  readonly pretrainedPath?: string | null | undefined;
  /** A safetensors file or one of PyTorch with exactly the model's state dict. */
  readonly checkpointPath?: string | null | undefined;
  /** Folder of the hub's cache; absent: that of the environment, as in Python. */
  readonly cacheDir?: string | null | undefined;
  /** Receives what is adapted, e.g. `Adapting: fc of 1000 classes replaced by a new one of 3`. */
  readonly onMessage?: ((text: string) => void) | undefined;
  /** Receives bytes of a file that is downloaded, and all of them; null: not known. */
  readonly onProgress?: ((file: string, loaded: number, total: number | null) => void) | undefined;
}

/** Options of {@link createModel} that load nothing. */
export interface PlainModelOptions extends ModelOptions {
  readonly pretrained?: false | null | undefined;
  readonly pretrainedPath?: null | undefined;
  readonly checkpointPath?: null | undefined;
}

/** Options of {@link createModel} that load weights. */
export type PretrainedModelOptions = ModelOptions &
  WeightsOptions &
  ({ readonly pretrained: true } | { readonly pretrainedPath: string } | { readonly checkpointPath: string });

/** Names that a repository or folder explains. */
export type SourcedName = `hf-hub:${string}` | `hf_hub:${string}` | `local-dir:${string}`;

/**
 * Creates a model with initial weights: the same name, options and seed give the same bytes; or, with `pretrained`,
 * `pretrainedPath` or `checkpointPath`, with weights from the hub or from a file.
 *
 * Defaults: numClasses and image size of the tag, inChans 3, no dropout, seed 42, zeroInitLast true. Pretrained weights
 * are adapted: another numClasses gives a new head, inChans 1 sums the first convolution over RGB, other counts repeat
 * it, imgSize resamples position embeddings.
 *
 * @param name - One of {@link listModels}, also with a tag as `resnet18.a1_in1k`; `hf-hub:owner/name[@revision]` or
 *   `local-dir:PATH`, whose `config.json` names the model.
 * @returns The model; a promise of it where something is read.
 * @throws RangeError for an unknown name, tag or option, or a value out of range; TypeError if the options are no object;
 * the promise Error for weights that cannot be had or do not fit.
 * @example
 * const model = createModel("resnet34", { numClasses: 10 });
 * model.parameters.length; // => 110
 * model.parameters[0].name; // => "conv1.weight"
 * const maps = createModel("resnet34", { featuresOnly: true, outIndices: [2, -1] });
 * maps.featureInfo[1]; // => { module: "layer4", channels: 512, reduction: 32 }
 * createModel("resnet18.a3_in1k").pretrainedCfg.inputSize; // => [3, 160, 160]
 * @see timm `timm/models/_factory.py`
 */
export function createModel(name: SourcedName, options?: ModelOptions & WeightsOptions): Promise<Model>;
export function createModel(name: string, options: PretrainedModelOptions): Promise<Model>;
export function createModel(name: string, options?: PlainModelOptions): Model;
export function createModel(name: string, options?: ModelOptions & WeightsOptions): Model | Promise<Model>;
export function createModel(
  name: string,
  options: ModelOptions & WeightsOptions = {},
): Model | Promise<Model> {
  // null and others are refused where options are checked.
  const { pretrained, pretrainedPath, checkpointPath, cacheDir, onMessage, onProgress, ...own } =
    options ?? {};
  const given = options === null ? options : own;
  const parsed = parseModelName("createModel", name);
  checkKinds({ pretrained, pretrainedPath, checkpointPath, cacheDir });
  const isLoaded = pretrained || pretrainedPath || checkpointPath;
  if (parsed.source !== "registry" || isLoaded) return createFrom(name, given, options);
  return buildRegistered("createModel", parsed.arch, given, configOf(parsed));
}

async function createFrom(name: string, options: ModelOptions, weights: WeightsOptions): Promise<Model> {
  const { pretrained, pretrainedPath, checkpointPath, cacheDir, onMessage, onProgress } = weights;
  const settings = await hubSettings();
  const start = await modelStart("createModel", name, {
    pretrained: pretrained === true,
    pretrainedPath: pretrainedPath ?? null,
    settings: cacheDir ? { ...settings, cacheFolder: cacheDir } : settings,
    listener: {
      progress: ({ repository, name: file }, loaded, total) =>
        onProgress?.(`${repository.id}/${file}`, loaded, total),
      warn: (text) => onMessage?.(text),
    },
  });
  const model = buildStart("createModel", start, options);
  if (start.weights !== null) {
    for (const note of loadStart("createModel", model, start.weights)) onMessage?.(`Adapting: ${note}`);
  }
  if (checkpointPath) await loadCheckpoint(model, checkpointPath);
  return model;
}

/** Makes the model of a start, with initial weights; options beat those of a repository. */
export function buildStart(
  where: string,
  { arch, config, options, weights }: ModelStart,
  given: ModelOptions,
): Model {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  const saved = weights?.saved?.dataConfig;
  const own = saved === undefined ? config : { ...config, ...saved };
  const size = saved === undefined ? {} : { imgSize: saved.inputSize[1] };
  return buildRegistered(where, arch, { ...options, ...size, ...Object.fromEntries(entries) }, own);
}

async function loadCheckpoint(model: Model, path: string): Promise<void> {
  try {
    const { tensors } = await readWeightsFile(path);
    loadAdapted(model, tensors, { shapes: false, head: false });
  } catch (error) {
    throw new Error(
      `createModel: checkpointPath must hold the weights of ${model.name}, got "${printable(path)}" (${reasonNotRead(error, path)})`,
      { cause: error },
    );
  }
}

function checkKinds({ pretrained, ...paths }: Readonly<Record<string, unknown>>): void {
  if (pretrained !== undefined && pretrained !== null && typeof pretrained !== "boolean") {
    throw new TypeError(`createModel: pretrained must be true or false, got ${JSON.stringify(pretrained)}`);
  }
  for (const [option, path] of Object.entries(paths)) {
    if (path === undefined || path === null || typeof path === "string") continue;
    throw new TypeError(`createModel: ${option} must be a path, got ${JSON.stringify(path)}`);
  }
}

/**
 * Describes a model without making its weights.
 *
 * @param name - As {@link createModel} takes it, but for a repository or folder.
 * @throws RangeError as {@link createModel} does.
 * @example
 * modelInfo("resnet18").parameterCount; // => 11689512
 * modelInfo("resnet18.tv_in1k").pretrainedCfg.interpolation; // => "bilinear"
 */
export function modelInfo(name: string, options: ModelOptions = {}): ModelInfo {
  const parsed = parseModelName("modelInfo", name);
  if (parsed.source !== "registry") {
    throw new RangeError(
      `modelInfo: name must be of a registered model, got "${printable(name)}"; create the model to see what it is`,
    );
  }
  return describeRegistered("modelInfo", parsed.arch, options, configOf(parsed));
}

/** Configuration of a tag; without a tag of the default one, whose classes are the model's. */
function configOf({
  arch,
  tag,
}: {
  readonly arch: string;
  readonly tag: string | null;
}): PretrainedWeightsConfig | null {
  return pretrainedConfig(arch, tag ?? undefined);
}
