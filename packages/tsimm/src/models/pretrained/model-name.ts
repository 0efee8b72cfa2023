/** Names of models with a tag, or of a repository or folder that says which model it holds. */

import { printable } from "../../text/printable.ts";
import { suggestion } from "../../text/suggestion.ts";
import { parseRepository, type Repository } from "../../weights/hub/repository.ts";
import { checkModelName, isModel } from "../registry.ts";
import { tagsOf } from "./pretrained-configs.ts";

/** What a name stands for. */
export type ModelName =
  | { readonly source: "registry"; readonly arch: string; readonly tag: string | null }
  | { readonly source: "hub"; readonly repository: Repository }
  | { readonly source: "folder"; readonly path: string };

/** Prefixes of names, the first two timm's, the second its old one. */
const SOURCES = { "hf-hub": "hub", hf_hub: "hub", "local-dir": "folder" } as const;

/**
 * Reads `resnet18`, `resnet18.a1_in1k`, `hf-hub:owner/name[@revision]` or `local-dir:PATH`.
 *
 * @param where - Function named in errors.
 * @throws RangeError for an unknown model, tag or prefix; TypeError if it is no text.
 */
export function parseModelName(where: string, name: string): ModelName {
  if (typeof name !== "string") throw new TypeError(`${where}: name must be text, got ${name}`);
  const [, prefix = "", rest = ""] = /^([A-Za-z][\w-]+):(.*)$/s.exec(name) ?? [];
  if (prefix !== "") return fromSource(where, name, prefix.toLowerCase(), rest);
  if (isModel(name)) return { source: "registry", arch: name, tag: null };
  if (/[/\\]/.test(name)) {
    const shown = printable(name);
    throw new RangeError(
      `${where}: name must be of a registered model, got "${shown}"; pass "hf-hub:${shown}" for a repository of the hub or "local-dir:${shown}" for a folder`,
    );
  }
  const dot = name.indexOf(".");
  const arch = dot < 0 ? name : name.slice(0, dot);
  checkModelName(where, arch);
  const tag = name.slice(dot + 1);
  checkTag(where, arch, tag);
  return { source: "registry", arch, tag };
}

function fromSource(where: string, name: string, prefix: string, rest: string): ModelName {
  const source = Object.entries(SOURCES).find(([known]) => known === prefix)?.[1];
  if (source === undefined) {
    throw new RangeError(
      `${where}: name must begin with hf-hub: or local-dir:, or be of a registered model, got "${printable(name)}"`,
    );
  }
  if (source === "hub") return { source, repository: parseRepository(where, rest) };
  if (rest !== "") return { source, path: rest };
  throw new RangeError(`${where}: name must be local-dir: and the path of a folder, got "${name}"`);
}

/** Refuses a tag that timm does not have for the model. */
function checkTag(where: string, arch: string, tag: string): void {
  const tags = tagsOf(arch).filter((known) => known !== "");
  if (tags.includes(tag)) return;
  const allowed =
    tags.length === 0 ? `${arch} without a tag` : `${arch} with one of the tags ${tags.join(", ")}`;
  const names = tags.map((known) => `${arch}.${known}`);
  const name = `${arch}.${tag}`;
  throw new RangeError(
    `${where}: name must be ${allowed}, got "${printable(name)}"${suggestion(name, names)}`,
  );
}

/**
 * A name as part of a file name, without its prefix.
 *
 * @example
 * safeModelName("hf-hub:timm/resnet18.a1_in1k"); // => "timm_resnet18_a1_in1k"
 */
export function safeModelName(name: string): string {
  return name
    .replace(/^(hf-hub|hf_hub|local-dir):/i, "")
    .replace(/[^A-Za-z0-9]/g, "_")
    .replace(/_+$/, "");
}
