/** Weights of a repository that has them in another format. */
import { listNames } from "../../text/list-names.ts";
import { printable } from "../../text/printable.ts";
import { hubRequest } from "../../weights/hub/hub-request.ts";
import type { HubSettings } from "../../weights/hub/hub-settings.ts";
import type { Repository } from "../../weights/hub/repository.ts";
import { isTorchName } from "../../weights/weights-file-name.ts";

/** Most files of a listing that are looked at. */
const MOST = 2000;

/**
 * The end of an error about a repository without `model.safetensors`: what it has instead.
 *
 * @returns A text that begins with "; ", or "" if the hub does not say.
 */
export async function otherWeights({ id, revision }: Repository, settings: HubSettings): Promise<string> {
  const names: string[] = [];
  try {
    const { listFiles } = await import("@huggingface/hub");
    const files = listFiles({
      ...{ repo: id, revision, hubUrl: settings.endpoint },
      fetch: async (input, init) => {
        const headers = Object.fromEntries(new Headers(init?.headers));
        const options = { method: "GET", headers, timeout: settings.metadataTimeout } as const;
        return (await hubRequest(String(input), settings, options)).response;
      },
    });
    for await (const { path } of files) {
      if (names.push(path) >= MOST) break;
    }
  } catch {
    return "";
  }
  const other = names.find(isTorchName);
  if (other !== undefined) return `, but ${printable(other)}; fetch it and pass it as pretrainedPath`;
  return names.length === 0 ? "" : `, but ${printable(listNames(names))}`;
}
