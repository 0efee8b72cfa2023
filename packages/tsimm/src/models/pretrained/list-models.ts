/** Names of models with their tags. */
import { naturalSortSet } from "../../text/natural-sort.ts";
import { isModel as isRegistered, listModels as listRegistered } from "../registry.ts";
import { pickleAddress, pretrainedConfig, tagsOf } from "./pretrained-configs.ts";

/** Options of {@link listModels}. */
export interface ListModelsOptions {
  /** Only models with pretrained weights. */
  readonly pretrained?: boolean;
  /** Names with their tags, one for each; absent: as `pretrained`. */
  readonly includeTags?: boolean;
}

/**
 * Names of models, in natural order, registered ones included.
 *
 * @param glob - `*` stands for any characters, `?` for one; without a tag it stands for all tags.
 * @example
 * listModels("resnet?8*"); // => ["resnet18", "resnet18d"]
 * listModels("resnet18.a*", { pretrained: true });
 * // => ["resnet18.a1_in1k", "resnet18.a2_in1k", "resnet18.a3_in1k"]
 * @see timm `timm/models/_registry.py`
 */
export function listModels(glob = "*", options: ListModelsOptions = {}): string[] {
  const { pretrained = false, includeTags = pretrained } = options;
  if (!includeTags) {
    return listRegistered(glob).filter((name) => !pretrained || hasWeights(name, tagsOf(name)[0] ?? ""));
  }
  const [arch = "", ...tag] = glob.split(".");
  const patterns = tag.length === 0 ? [patternOf(`${arch}.*`), patternOf(glob)] : [patternOf(glob)];
  const names = listRegistered().flatMap((name) => {
    const tags = tagsOf(name);
    if (tags.length === 0) return pretrained ? [] : [name];
    const kept = pretrained ? tags.filter((one) => hasWeights(name, one)) : tags;
    return kept.map((one) => (one === "" ? name : `${name}.${one}`));
  });
  return naturalSortSet(names.filter((name) => patterns.some((pattern) => pattern.test(name))));
}

function hasWeights(arch: string, tag: string): boolean {
  return pretrainedConfig(arch, tag)?.hfHubId !== undefined || pickleAddress(arch, tag) !== null;
}

/** A glob as a regular expression. */
function patternOf(glob: string): RegExp {
  const literal = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

/**
 * Whether {@link createModel} knows the model of this name, whatever its tag.
 *
 * @example
 * isModel("resnet50"); // => true
 * isModel("resnet50.a1_in1k"); // => true
 * isModel("resnet35"); // => false
 */
export function isModel(name: string): boolean {
  return isRegistered(name) || (typeof name === "string" && isRegistered(name.split(".")[0] ?? ""));
}
