/** What a model starts from: the architecture that a name stands for, and the weights that go with it. */
import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { WEIGHTS_LIMIT } from "../../files/read-file.ts";
import { listNames } from "../../text/list-names.ts";
import { printable } from "../../text/printable.ts";
import { HubError } from "../../weights/hub/hub-error.ts";
import { type HubListener, hubFile } from "../../weights/hub/hub-file.ts";
import { type HubSettings, hubSettings } from "../../weights/hub/hub-settings.ts";
import type { Repository } from "../../weights/hub/repository.ts";
import { readWeightsFile, reasonNotRead, type WeightsFile } from "../../weights/read-weights-file.ts";
import { weightsName } from "../../weights/weights-file-name.ts";
import type { PretrainedWeightsConfig } from "../model.ts";
import type { ModelOptions } from "../registry.ts";
import { parseModelName } from "./model-name.ts";
import { pickleAddress, pretrainedConfig, tagsOf } from "./pretrained-configs.ts";
import { parseRepositoryConfig, type RepositoryConfig } from "./repository-config.ts";
import { type SavedPreprocessing, savedPreprocessing } from "./saved-preprocessing.ts";

/** A model to be made, and its weights. */
export interface ModelStart {
  /** Name of a registered model. */
  readonly arch: string;
  /** Configuration of the weights; null: the model's own. */
  readonly config: PretrainedWeightsConfig | null;
  /** Options that a repository gives. */
  readonly options: ModelOptions;
  /** null: initial weights. */
  readonly weights: StartWeights | null;
}

/** Weights that a model starts from. */
export interface StartWeights extends WeightsFile {
  /** Where they are from, for messages: a repository or a path. */
  readonly from: string;
  /** Option that has asked for them. */
  readonly option: "pretrained" | "pretrainedPath";
  /** What training has written into the file; null: it is from elsewhere. */
  readonly saved: SavedPreprocessing | null;
}

/** Options of {@link modelStart}. */
export interface ModelStartOptions {
  /** Whether the weights of the name are loaded. */
  readonly pretrained?: boolean;
  /** File of weights instead of those of the name. */
  readonly pretrainedPath?: string | null;
  /** Absent: those of the environment. */
  readonly settings?: HubSettings;
  readonly listener?: HubListener;
}

/** Largest `config.json`: names of some ten thousand classes. */
const CONFIG_LIMIT = 16 * 2 ** 20;
const WEIGHTS_NAME = "model.safetensors";
/** What repositories without it have. */
const TORCH_NAME = "pytorch_model.bin";

/**
 * Finds out what a name stands for, and reads its weights where they are asked for.
 *
 * @param where - Function named in errors.
 * @param name - As `createModel` takes it.
 * @throws RangeError for an unknown name or tag; HubError; Error for a file that cannot be read.
 */
export async function modelStart(
  where: string,
  name: string,
  { pretrained = false, pretrainedPath = null, settings, listener }: ModelStartOptions,
): Promise<ModelStart> {
  const parsed = parseModelName(where, name);
  const hub = {
    settings: settings ?? (await hubSettings()),
    ...(listener === undefined ? {} : { listener }),
  };
  const own = pretrained && pretrainedPath === null;
  const start = await startOf(where, parsed, own, hub);
  if (pretrainedPath === null) return start;
  const option = "pretrainedPath";
  const path = await weightsAt(`${where}: ${option}`, pretrainedPath);
  const file = await readFrom(`${where}: ${option}`, path);
  const saved = savedPreprocessing(file.metadata, start.arch);
  const weights: StartWeights = { ...file, from: path, option, saved };
  return { ...start, weights };
}

type Hub = { readonly settings: HubSettings; readonly listener?: HubListener };

async function startOf(
  where: string,
  parsed: ReturnType<typeof parseModelName>,
  pretrained: boolean,
  hub: Hub,
): Promise<ModelStart> {
  switch (parsed.source) {
    case "registry": {
      const { arch, tag } = parsed;
      const config = pretrainedConfig(arch, tag ?? undefined);
      const start = { arch, config, options: {} };
      if (!pretrained) return { ...start, weights: null };
      const repository = repositoryOf(where, arch, config);
      return { ...start, weights: await hubWeights(where, { id: repository, revision: "main" }, hub) };
    }
    case "hub": {
      const { repository } = parsed;
      const path = await hubFile({ repository, name: "config.json" }, { ...hub, limit: CONFIG_LIMIT }).catch(
        (error) => refuse(where, error),
      );
      const config = await readConfig(where, path, `config.json of ${repository.id}`);
      const withId = { ...config.config, hfHubId: repository.id };
      const weights = pretrained ? await hubWeights(where, repository, hub) : null;
      return { ...config, config: withId, weights };
    }
    case "folder": {
      const path = join(parsed.path, "config.json");
      const config = await readConfig(where, path, printable(path));
      const weights = pretrained ? await folderWeights(where, parsed.path) : null;
      return { ...config, weights };
    }
  }
}

function repositoryOf(where: string, arch: string, config: PretrainedWeightsConfig | null): string {
  if (config?.hfHubId !== undefined) return config.hfHubId;
  const others = tagsOf(arch).filter((tag) => pretrainedConfig(arch, tag)?.hfHubId !== undefined);
  const address = pickleAddress(arch, config?.tag ?? "");
  const cure =
    others.length > 0
      ? `pass one of ${listNames(others.map((tag) => `${arch}.${tag}`))}`
      : address === null
        ? "give a file of your own as pretrainedPath, or leave pretrained out"
        : `they are not on the hub: fetch ${address} and pass the file as pretrainedPath`;
  const shown = config?.tag === undefined ? arch : `${arch}.${config.tag}`;
  throw new RangeError(`${where}: name must be of a model with pretrained weights, got "${shown}"; ${cure}`);
}

async function hubWeights(where: string, repository: Repository, hub: Hub): Promise<StartWeights> {
  let path: string;
  try {
    path = await repositoryWeights(repository, hub);
  } catch (error) {
    if (error instanceof HubError && error.kind === "file") {
      const { otherWeights } = await import("./other-weights.ts");
      throw new Error(`${where}: ${error.message}${await otherWeights(repository, hub.settings)}`, {
        cause: error,
      });
    }
    return refuse(where, error);
  }
  const file = await readFrom(
    `${where}: weights of ${repository.id}`,
    // Behind its link: with the link alone removed the same bytes would be linked again.
    await realpath(path),
    "; remove it, and the next try downloads it again",
  );
  return { ...file, from: repository.id, option: "pretrained", saved: null };
}

/** The file of weights of a repository: safetensors, or else PyTorch's. */
async function repositoryWeights(repository: Repository, hub: Hub): Promise<string> {
  const options = { ...hub, limit: WEIGHTS_LIMIT };
  try {
    return await hubFile({ repository, name: WEIGHTS_NAME }, options);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return await hubFile({ repository, name: TORCH_NAME }, options).catch((other) => {
      throw isAbsent(other) ? error : other;
    });
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof HubError && (error.kind === "file" || error.kind === "offline");
}

/** An error of the hub with the function that asked. */
function refuse(where: string, error: unknown): never {
  if (error instanceof HubError)
    throw new HubError(error.kind, `${where}: ${error.message}`, { cause: error });
  throw error;
}

async function readConfig(where: string, path: string, what: string): Promise<RepositoryConfig> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${where}: ${what} must be readable (${error.code ?? error.message})`, { cause: error });
  });
  return parseRepositoryConfig(text, `${where}: ${what}`);
}

async function folderWeights(where: string, folder: string): Promise<StartWeights> {
  const path = await weightsAt(`${where}: local-dir:`, folder);
  const file = await readFrom(`${where}: weights in local-dir:`, path);
  return { ...file, from: path, option: "pretrained", saved: null };
}

/** The weights in a folder; any other path as it is. */
async function weightsAt(what: string, path: string): Promise<string> {
  const names = await readdir(path).catch(() => null);
  if (names === null) return path;
  const chosen = weightsName(names);
  if (chosen !== undefined) return join(path, chosen);
  throw new Error(
    `${what} must hold a .safetensors file or one of PyTorch, got "${printable(path)}" with none`,
  );
}

async function readFrom(what: string, path: string, cure = ""): Promise<WeightsFile> {
  try {
    return await readWeightsFile(path);
  } catch (error) {
    const reason = reasonNotRead(error, path);
    throw new Error(
      `${what} must be a readable file of weights, got "${printable(path)}" (${reason})${cure}`,
      { cause: error },
    );
  }
}
