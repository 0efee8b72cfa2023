/** What a hub says of a file before its bytes. */

import { checkAnswer } from "./check-answer.ts";
import { HubError } from "./hub-error.ts";
import { hubRequest } from "./hub-request.ts";
import type { HubSettings } from "./hub-settings.ts";
import type { Repository } from "./repository.ts";

/** A file at a commit. */
export interface FileMetadata {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Name of its bytes in the cache. */
  readonly etag: string;
  /** Bytes; null: not said. */
  readonly size: number | null;
  /** Address of the bytes, perhaps on another host. */
  readonly url: string;
}

/** Address of a file at a revision. */
export function fileUrl({ endpoint }: HubSettings, { id, revision }: Repository, file: string): string {
  return `${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${file}`;
}

/**
 * Asks for the headers of a file. Redirects are followed until one that describes the file: its target is the address
 * of the bytes.
 *
 * @throws HubError if there is no such file, it is refused, or the hub does not answer or says too little.
 */
export async function fileMetadata(
  repository: Repository,
  file: string,
  settings: HubSettings,
): Promise<FileMetadata> {
  const address = fileUrl(settings, repository, file);
  const ask = (method: "HEAD" | "GET", headers: Readonly<Record<string, string>>) =>
    hubRequest(address, settings, {
      ...{ method, headers, timeout: settings.metadataTimeout },
      isAnswer: (response) => response.headers.has("x-repo-commit") || response.headers.has("x-linked-etag"),
    });
  let answer = await ask("HEAD", {});
  if ([405, 501].includes(answer.response.status)) {
    // Some mirrors know GET only.
    answer = await ask("GET", { range: "bytes=0-0" });
    await answer.response.body?.cancel();
  }
  const { response, url } = answer;
  if (response.status >= 400) await checkAnswer(response, repository, file, settings);
  const { headers } = response;
  const location = headers.get("location");
  const etag = cacheName(headers.get("x-linked-etag") ?? headers.get("etag"));
  const commit = headers.get("x-repo-commit") ?? "";
  if (etag === null || !/^[0-9a-f]{40}$/.test(commit)) {
    const missing = etag === null ? "ETag" : "X-Repo-Commit";
    throw new HubError(
      "unreachable",
      `${new URL(address).host} must answer as a hub does, but the header ${missing} is missing or wrong; check HF_ENDPOINT and the proxy`,
    );
  }
  const bytes = headers.get("x-linked-size") ?? sizeOf(response, location !== null);
  return {
    ...{ commit, etag, size: bytes !== null && /^\d{1,15}$/.test(bytes) ? Number(bytes) : null },
    url: location === null ? url.href : new URL(location, url).href,
  };
}

/** Bytes of the whole file, from the answer itself. */
function sizeOf({ status, headers }: Response, isRedirect: boolean): string | null {
  if (isRedirect || headers.has("content-encoding")) return null;
  return status === 206
    ? (headers.get("content-range")?.split("/")[1] ?? null)
    : headers.get("content-length");
}

/** An ETag as Python names files by it; null if it cannot be such a name. */
function cacheName(etag: string | null): string | null {
  const name = (etag ?? "").replace(/^W\//, "").replace(/^"+|"+$/g, "");
  return /^\w[\w.-]{0,199}$/.test(name) && !name.includes("..") ? name : null;
}
