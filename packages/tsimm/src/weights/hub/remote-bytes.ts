/**
 * The bytes of a file on a hub as a stream.
 *
 * `@huggingface/hub` makes the requests for ranges of bytes; what it does not look at is looked at here: redirects and
 * the token, the status and the length of the answer, the time between two pieces.
 */
import { checkAnswer } from "./check-answer.ts";
import type { FileMetadata } from "./file-metadata.ts";
import { HubError } from "./hub-error.ts";
import { hubRequest, reasonOf } from "./hub-request.ts";
import type { HubSettings } from "./hub-settings.ts";
import type { Repository } from "./repository.ts";

/** A file of a repository. */
export interface RemoteFile {
  readonly repository: Repository;
  /** Path in the repository. */
  readonly name: string;
}

/** Options of {@link remoteBytes}. */
export interface RemoteBytesOptions {
  /** First byte that is wanted. */
  readonly from: number;
  /** Most bytes of the whole file. */
  readonly limit: number;
  readonly settings: HubSettings;
}

/** A stream of bytes. */
export interface RemoteBytes {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Place of the first one in the file: `from`, or 0 where the hub sends files only as a whole. */
  readonly start: number;
}

/**
 * Opens the bytes of a file.
 *
 * @throws HubError for a refusal, an answer of another length, or none in time; the stream throws such ones too.
 */
export async function remoteBytes(
  file: RemoteFile & { readonly metadata: FileMetadata },
  { from, limit, settings }: RemoteBytesOptions,
): Promise<RemoteBytes> {
  const { repository, name, metadata } = file;
  const end = new AbortController();
  const request = requestFor(file, settings, end.signal);
  const { downloadFile } = await import("@huggingface/hub");
  const blob = await downloadFile({
    ...{ repo: repository.id, path: name, revision: metadata.commit, hubUrl: settings.endpoint, xet: false },
    downloadInfo: { size: metadata.size ?? limit, etag: metadata.etag, url: metadata.url },
    fetch: request.fetch,
  });
  if (blob === null) throw new HubError("file", `${repository.id} has no ${name}`);
  const reader = blob.slice(from).stream().getReader();
  const next = async () => {
    try {
      return await inTime(reader.read(), settings, end);
    } catch (error) {
      end.abort();
      if (request.failure() !== null) throw request.failure();
      if (error instanceof HubError) throw error;
      const { host } = new URL(metadata.url);
      throw new HubError("unreachable", `${host} breaks off (${reasonOf(error)})`, { cause: error });
    }
  };
  const first = await next();
  return { bytes: piecesFrom(first, next, end), start: request.isWhole() ? 0 : from };
}

type Piece = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

async function* piecesFrom(
  first: Piece,
  next: () => Promise<Piece>,
  end: AbortController,
): AsyncGenerator<Uint8Array> {
  try {
    for (let piece = first; !piece.done; piece = await next()) yield piece.value;
  } finally {
    end.abort();
  }
}

/** Refuses to wait longer than the settings say. */
async function inTime<T>(
  reading: Promise<T>,
  { downloadTimeout }: HubSettings,
  end: AbortController,
): Promise<T> {
  let clock: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    const error = new HubError("unreachable", `no further bytes in ${downloadTimeout / 1000} s`);
    clock = setTimeout(() => refuse(error), downloadTimeout);
  });
  try {
    return await Promise.race([reading, late]);
  } catch (error) {
    end.abort();
    throw error;
  } finally {
    clearTimeout(clock);
  }
}

/** A `fetch` for the library, which looks at the answers, and notes what it finds: the library's streams drop errors. */
function requestFor(
  { repository, name, metadata }: RemoteFile & { readonly metadata: FileMetadata },
  settings: HubSettings,
  signal: AbortSignal,
): { fetch: typeof fetch; failure: () => unknown; isWhole: () => boolean } {
  let failure: unknown = null;
  let isWhole = true;
  const ask = async (address: string, headers: Readonly<Record<string, string>>) => {
    const options = { method: "GET", headers, timeout: settings.downloadTimeout, signal } as const;
    const { response } = await hubRequest(address, settings, options);
    await checkAnswer(response, repository, name, settings);
    isWhole = response.status !== 206;
    checkLength(response, { what: `${name} of ${repository.id}`, size: metadata.size });
    return response;
  };
  return {
    async fetch(input, init) {
      try {
        return await ask(String(input), Object.fromEntries(new Headers(init?.headers)));
      } catch (error) {
        failure = error;
        throw error;
      }
    },
    failure: () => failure,
    isWhole: () => isWhole,
  };
}

/** The answer must be of a file of the announced length. */
function checkLength(
  { status, headers }: Response,
  { what, size }: { readonly what: string; readonly size: number | null },
): void {
  const text = status === 206 ? headers.get("content-range")?.split("/")[1] : headers.get("content-length");
  const isKnown = text !== null && text !== undefined && /^\d+$/.test(text);
  if (size === null || !isKnown || headers.has("content-encoding") || Number(text) === size) return;
  throw new HubError(
    "damaged",
    `${what} must have the ${size} bytes that the hub announces, it sends ${text}`,
  );
}
