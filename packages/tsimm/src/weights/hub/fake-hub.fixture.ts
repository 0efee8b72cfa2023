/** A hub on this machine, with the faults of real ones. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { HubSettings } from "./hub-settings.ts";

/** One request, as the hub has seen it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** Takes the place of an answer; true: it has answered. */
export type Fault = (request: IncomingMessage, response: ServerResponse, body: Uint8Array) => boolean;

/** A hub that serves files. */
export interface FakeHub {
  readonly settings: HubSettings;
  readonly requests: SeenRequest[];
  /** Files by `owner/name/path`. */
  readonly files: Map<string, Uint8Array>;
  /** Decides what the next requests get. */
  fault: Fault | null;
  readonly commit: string;
}

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Starts a hub with an empty cache; both are gone when the test has finished. */
export async function fakeHub(
  files: Readonly<Record<string, Uint8Array | string>>,
  more: Partial<HubSettings> = {},
): Promise<FakeHub> {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const requests: SeenRequest[] = [];
  const contents = new Map(
    Object.entries(files).map(([name, content]) => [name, new Uint8Array(Buffer.from(content))]),
  );
  const server = createServer((request, response) => answer(hub, request, response));
  const cacheFolder = await mkdtemp(join(tmpdir(), "tsimm-hub-"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(async () => {
    await closed(server);
    await rm(cacheFolder, { recursive: true, force: true });
  });
  const hub: FakeHub = {
    settings: {
      ...{ endpoint: addressOf(server), cacheFolder, token: null, offline: false },
      ...{ metadataTimeout: 5000, downloadTimeout: 5000, retryDelay: 1, ...more },
    },
    ...{ requests, files: contents, fault: null, commit },
  };
  return hub;
}

/** A server of another host, which is closed when the test has finished. */
export async function otherHost(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => closed(server));
  return addressOf(server);
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

function answer(hub: FakeHub, request: IncomingMessage, response: ServerResponse): void {
  const { method = "", url = "" } = request;
  const { range, authorization } = request.headers;
  hub.requests.push({ method, url, range, authorization });
  const [, id = "", file = ""] = /^\/([^/]+\/[^/]+)\/resolve\/[^/]+\/(.+)$/.exec(decodeURI(url)) ?? [];
  const body = hub.files.get(`${id}/${file}`);
  if (hub.fault?.(request, response, body ?? new Uint8Array())) return;
  const listed = /^\/api\/models\/(.+)\/tree\//.exec(url)?.[1];
  if (listed !== undefined) {
    const names = [...hub.files.keys()].filter((name) => name.startsWith(`${listed}/`));
    const entries = names.map((name) => ({
      type: "file",
      path: name.slice(listed.length + 1),
      size: 1,
      oid: "1",
    }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(entries));
  } else if (body !== undefined) {
    sendFile(response, body, { commit: hub.commit, range, isHead: method === "HEAD" });
  } else {
    const isThere = [...hub.files.keys()].some((name) => name.startsWith(`${id}/`));
    response.setHeader("x-error-code", isThere ? "EntryNotFound" : "RepoNotFound");
    response.writeHead(isThere ? 404 : 401).end();
  }
}

/** Sends a file, or the part of it that is asked for, with a hub's headers. */
export function sendFile(
  response: ServerResponse,
  body: Uint8Array,
  {
    commit,
    range,
    isHead,
  }: { readonly commit: string; readonly range: string | undefined; readonly isHead: boolean },
): void {
  const [, from = "0", to = String(body.length - 1)] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  const end = Math.min(Number(to || body.length - 1), body.length - 1);
  const part = range === undefined ? body : body.subarray(Number(from), end + 1);
  response.setHeader("x-repo-commit", commit);
  response.setHeader("etag", `"${sha256(body)}"`);
  response.setHeader("content-length", part.length);
  if (range !== undefined) response.setHeader("content-range", `bytes ${from}-${end}/${body.length}`);
  response.writeHead(range === undefined ? 200 : 206);
  response.end(isHead ? undefined : part);
}
