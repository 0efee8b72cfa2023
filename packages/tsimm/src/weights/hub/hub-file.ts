/** A file of a repository on the hub: from the cache, or downloaded into it. */
import { join } from "node:path";
import { TEXT_LIMIT } from "../../files/read-file.ts";
import { printable } from "../../text/printable.ts";
import {
  cachedFile,
  isFile,
  linkSnapshot,
  noteCommit,
  placeForFile,
  repositoryFolder,
  snapshotFile,
} from "./cache-layout.ts";
import { diskError, downloadBlob } from "./download-blob.ts";
import { type FileMetadata, fileMetadata, fileUrl } from "./file-metadata.ts";
import { HubError, mayPass } from "./hub-error.ts";
import { type HubSettings, hubSettings } from "./hub-settings.ts";
import type { Repository } from "./repository.ts";

/** Receives what happens on the way to a file. */
export interface HubListener {
  /** A download begins, goes on or ends; `total` null: the hub does not say. */
  progress?(file: HubFileName, loaded: number, total: number | null): void | Promise<void>;
  /** The hub does not answer, what is in the cache is used. */
  warn?(text: string): void;
}

/** A file by its repository and path. */
export interface HubFileName {
  readonly repository: Repository;
  /** Path in the repository. */
  readonly name: string;
}

/** Options of {@link hubFile}. */
export interface HubFileOptions {
  /** Absent: those of the environment. */
  readonly settings?: HubSettings | undefined;
  /** Largest size in bytes; absent: that of text files. */
  readonly limit?: number;
  readonly listener?: HubListener | undefined;
}

/**
 * The path of a file of a repository. The hub is asked for its newest commit; without an answer the cache has to do.
 *
 * @returns A path in the cache that Python's huggingface_hub finds too.
 * @throws HubError that says what is missing, and where a person can put it.
 */
export async function hubFile(
  { repository, name }: HubFileName,
  { settings, limit = TEXT_LIMIT, listener = {} }: HubFileOptions = {},
): Promise<string> {
  const all = settings ?? (await hubSettings());
  const folder = repositoryFolder(all.cacheFolder, repository);
  const cached = await cachedFile(folder, repository.revision, name);
  const isCommit = /^[0-9a-f]{40}$/.test(repository.revision);
  if (cached !== null && (all.offline || isCommit)) return cached;
  if (all.offline) {
    throw await notHere(
      "offline",
      "the network is switched off (HF_HUB_OFFLINE)",
      folder,
      { repository, name },
      all,
    );
  }
  let metadata: FileMetadata;
  try {
    metadata = await patiently(() => fileMetadata(repository, name, all), all);
  } catch (error) {
    if (!(mayPass(error) || (error instanceof HubError && error.kind === "refused"))) throw error;
    if (cached !== null) {
      listener.warn?.(`${error.message}; ${printable(cached)} is used as it is`);
      return cached;
    }
    if (error.kind === "refused") throw error;
    throw await notHere(error.kind, error.message, folder, { repository, name }, all);
  }
  try {
    return await intoCache(folder, metadata, { repository, name }, { settings: all, limit, listener });
  } catch (error) {
    if (mayPass(error)) {
      const kept = "what has come is kept, the next try goes on from there";
      throw await notHere(error.kind, `${error.message}; ${kept}`, folder, { repository, name }, all);
    }
    throw error instanceof HubError ? error : diskError(join(folder, name), error);
  }
}

/** Asks again, later and later, while the hub says that it cannot answer now. */
async function patiently<T>(ask: () => Promise<T>, { retryDelay }: HubSettings): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HubError && error.kind === "busy" && tries < 3)) throw error;
      await new Promise((done) => setTimeout(done, retryDelay * 2 ** (tries - 1)));
    }
  }
}

async function intoCache(
  folder: string,
  metadata: FileMetadata,
  { repository, name }: HubFileName,
  {
    settings,
    limit,
    listener,
  }: Required<Pick<HubFileOptions, "limit">> & {
    readonly settings: HubSettings;
    readonly listener: HubListener;
  },
): Promise<string> {
  const { commit, etag } = metadata;
  const path = snapshotFile(folder, commit, name);
  if (!(await isFile(path))) {
    const blob = join(folder, "blobs", etag);
    if (!(await isFile(blob))) {
      await downloadBlob(
        blob,
        { repository, name, metadata },
        {
          ...{ settings, limit },
          onProgress: (loaded, total) => listener.progress?.({ repository, name }, loaded, total),
        },
      );
    }
    await linkSnapshot(folder, metadata, name);
  }
  await noteCommit(folder, repository.revision, commit);
  return path;
}

/** The error for a file that cannot be fetched, with the place to put it by hand. */
async function notHere(
  kind: HubError["kind"],
  reason: string,
  folder: string,
  { repository, name }: HubFileName,
  settings: HubSettings,
): Promise<HubError> {
  const place = await placeForFile(folder, repository.revision, name);
  return new HubError(
    kind,
    `${reason}, and ${name} of ${repository.id} is not in the cache; put ${fileUrl(settings, repository, name)} at "${printable(place)}"`,
  );
}
