import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { fakeHub, otherHost, sendFile, sha256 } from "./fake-hub.fixture.ts";
import { HubError } from "./hub-error.ts";
import { hubFile } from "./hub-file.ts";

const repository = { id: "timm/tiny.a1_in1k", revision: "main" };
const name = "model.safetensors";
const key = `${repository.id}/${name}`;
/** Larger than what a socket takes at once. */
const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 251);
const asked = { repository, name };
const limit = 10_000_000;

const blobs = async (cache: string) =>
  (await readdir(join(cache, "models--timm--tiny.a1_in1k", "blobs"))).sort();

test("lays a file out as Python's huggingface_hub does, and asks for its bytes once", async () => {
  const hub = await fakeHub({ [key]: bytes });
  const { settings, commit } = hub;
  const seen: [number, number | null][] = [];
  const listener = {
    progress: (_: unknown, loaded: number, total: number | null) => void seen.push([loaded, total]),
  };
  const path = await hubFile(asked, { settings, limit, listener });
  const folder = join(settings.cacheFolder, "models--timm--tiny.a1_in1k");
  expect(path).toBe(join(folder, "snapshots", commit, name));
  expect(await readlink(path)).toBe(join("..", "..", "blobs", sha256(bytes)));
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(await readFile(join(folder, "refs", "main"), "utf8")).toBe(commit);
  expect(await blobs(settings.cacheFolder)).toEqual([sha256(bytes)]);
  expect(seen.at(-1)).toEqual([bytes.length, bytes.length]);
  await hubFile(asked, { settings, limit });
  expect(hub.requests.map(({ method }) => method)).toEqual(["HEAD", "GET", "HEAD"]);
});

test("takes what Python has fetched, without the network", async () => {
  const { settings, requests, commit } = await fakeHub({});
  const folder = join(settings.cacheFolder, "models--timm--tiny.a1_in1k");
  const snapshot = join(folder, "snapshots", commit, name);
  for (const part of ["blobs", "refs", join("snapshots", commit)])
    await mkdir(join(folder, part), { recursive: true });
  await writeFile(join(folder, "blobs", "f00d"), "weights");
  await writeFile(join(folder, "refs", "main"), commit);
  await symlink("../../blobs/f00d", snapshot);
  expect(await hubFile(asked, { settings: { ...settings, offline: true } })).toBe(snapshot);
  expect(requests).toEqual([]);
});

test("says where to put a file when the network is off, and takes it from there", async () => {
  const { settings } = await fakeHub({});
  const offline = { ...settings, offline: true };
  const place = join(settings.cacheFolder, "models--timm--tiny.a1_in1k", "snapshots", "main", name);
  await expect(hubFile(asked, { settings: offline })).rejects.toThrow(
    `the network is switched off (HF_HUB_OFFLINE), and ${name} of ${repository.id} is not in the cache; ` +
      `put ${settings.endpoint}/${repository.id}/resolve/main/${name} at "${place}"`,
  );
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, "weights");
  expect(await hubFile(asked, { settings: offline })).toBe(place);
});

test("goes on where the connection was cut", async () => {
  const hub = await fakeHub({ [key]: bytes });
  let cuts = 0;
  hub.fault = (request, response, body) => {
    if (request.method !== "GET" || cuts++ >= 2) return false;
    const from = Number(/\d+/.exec(request.headers.range ?? "0")?.[0]);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": body.length - from });
    response.write(body.subarray(from, from + 1_000_000), () => response.destroy());
    return true;
  };
  const path = await hubFile(asked, { settings: hub.settings, limit });
  expect((await readFile(path)).equals(bytes)).toBe(true);
  const ranges = hub.requests.filter(({ method }) => method === "GET").map(({ range }) => range);
  expect(ranges).toHaveLength(3);
  expect(ranges.slice(1).every((range) => /^bytes=\d+-2999999$/.test(range ?? ""))).toBe(true);
});

test("keeps what has come of a transfer that is cut for good, for the next time", async () => {
  const hub = await fakeHub({ [key]: bytes });
  hub.fault = (request, response, body) => {
    if (request.method !== "GET") return false;
    if (request.headers.range !== undefined) response.destroy();
    else {
      response.writeHead(200, { "content-length": body.length });
      response.write(body.subarray(0, 1_500_000), () => setTimeout(() => response.destroy(), 20));
    }
    return true;
  };
  const error = await hubFile(asked, { settings: hub.settings, limit }).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(HubError);
  expect((error as HubError).kind).toBe("unreachable");
  expect((error as HubError).message).toContain("what has come is kept, the next try goes on from there");
  expect(await blobs(hub.settings.cacheFolder)).toEqual([`${sha256(bytes)}.incomplete`]);
  hub.fault = null;
  hub.requests.length = 0;
  const path = await hubFile(asked, { settings: hub.settings, limit });
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(hub.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-2999999$/);
});

test("begins anew where a hub sends files only as a whole", async () => {
  const hub = await fakeHub({ [key]: bytes });
  const blob = join(hub.settings.cacheFolder, "models--timm--tiny.a1_in1k", "blobs", sha256(bytes));
  await mkdir(dirname(blob), { recursive: true });
  await writeFile(`${blob}.incomplete`, bytes.subarray(0, 1000));
  hub.fault = (request, response, body) => {
    if (request.method !== "GET") return false;
    sendFile(response, body, { commit: hub.commit, range: undefined, isHead: false });
    return true;
  };
  const path = await hubFile(asked, { settings: hub.settings, limit });
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test("a part of something else is thrown away", async () => {
  const hub = await fakeHub({ [key]: bytes });
  const blob = join(hub.settings.cacheFolder, "models--timm--tiny.a1_in1k", "blobs", sha256(bytes));
  await mkdir(dirname(blob), { recursive: true });
  await writeFile(`${blob}.incomplete`, new Uint8Array(1000));
  const path = await hubFile(asked, { settings: hub.settings, limit });
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test("bytes with another hash are removed", async () => {
  const hub = await fakeHub({ [key]: bytes });
  hub.fault = (request, response, body) => {
    if (request.method !== "GET") return false;
    const other = Uint8Array.from(body);
    other[5] = 99;
    response.writeHead(200, { "content-length": other.length }).end(other);
    return true;
  };
  await expect(hubFile(asked, { settings: hub.settings, limit })).rejects.toThrow(
    `${name} of ${repository.id} from ${new URL(hub.settings.endpoint).host} must have the SHA-256 ${sha256(bytes)}, ` +
      "got other bytes; they are removed",
  );
  expect(await blobs(hub.settings.cacheFolder)).toEqual([]);
});

test.each<[string, (length: number) => { announced: number; sent: number }, RegExp]>([
  ["announces fewer", (length) => ({ announced: length - 100, sent: length }), /must have the 2999900 bytes/],
  [
    "announces more than is allowed",
    () => ({ announced: 1e12, sent: 10 }),
    /at most 10000000 bytes, the hub announces/,
  ],
])("a hub that %s bytes is refused, with nothing kept", async (_, lie, message) => {
  const hub = await fakeHub({ [key]: bytes });
  const { announced, sent } = lie(bytes.length);
  hub.fault = (request, response, body) => {
    response.setHeader("x-repo-commit", hub.commit);
    response.setHeader("etag", `"${sha256(body)}"`);
    response.setHeader("content-length", request.method === "HEAD" ? announced : sent);
    response.end(request.method === "HEAD" ? undefined : body.subarray(0, sent));
    return true;
  };
  await expect(hubFile(asked, { settings: hub.settings, limit })).rejects.toThrow(message);
  expect(await blobs(hub.settings.cacheFolder).catch(() => [])).toEqual([]);
});

test("a hub that announces no bytes is refused by their hash; a file without any is taken", async () => {
  const hub = await fakeHub({ [key]: bytes });
  let etag = sha256(bytes);
  hub.fault = (_, response) => {
    response.setHeader("x-repo-commit", hub.commit);
    response.setHeader("x-linked-etag", `"${etag}"`);
    response.setHeader("x-linked-size", 0);
    response.end();
    return true;
  };
  const fetched = () => hubFile(asked, { settings: hub.settings, limit });
  await expect(fetched()).rejects.toThrow(/must have the SHA-256 [0-9a-f]{64}, got other bytes/);
  expect(await blobs(hub.settings.cacheFolder)).toEqual([]);
  etag = sha256(new Uint8Array());
  expect(await readFile(await fetched(), "utf8")).toBe("");
});

test("more bytes than announced are not written", async () => {
  const hub = await fakeHub({ [key]: bytes });
  hub.fault = (request, response, body) => {
    response.setHeader("x-repo-commit", hub.commit);
    response.setHeader("etag", '"abc"');
    if (request.method === "HEAD") response.setHeader("content-length", 1000);
    response.end(request.method === "HEAD" ? undefined : body, () => {});
    return true;
  };
  await expect(hubFile(asked, { settings: hub.settings, limit })).rejects.toThrow(
    /must have (the )?1000 bytes/,
  );
  expect(await blobs(hub.settings.cacheFolder)).toEqual([]);
});

test("follows a redirect to another host without the token, and continues there", async () => {
  const tokens: (string | undefined)[] = [];
  const store = await otherHost((request, response) => {
    tokens.push(request.headers.authorization);
    response.writeHead(200, { "content-length": bytes.length, etag: '"of-the-store"' }).end(bytes);
  });
  const hub = await fakeHub({ [key]: bytes }, { token: "hf_secret" });
  hub.fault = (_, response, body) => {
    response.setHeader("x-repo-commit", hub.commit);
    response.setHeader("x-linked-etag", `"${sha256(body)}"`);
    response.setHeader("x-linked-size", body.length);
    response.writeHead(302, { location: `${store}/blob?signature=1` }).end();
    return true;
  };
  const path = await hubFile(asked, { settings: hub.settings, limit });
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(hub.requests.map(({ authorization }) => authorization)).toEqual(["Bearer hf_secret"]);
  expect(tokens).toEqual([undefined]);
});

test("a repository that has moved on the hub is followed with the token", async () => {
  const hub = await fakeHub({ [key]: bytes }, { token: "hf_secret" });
  const old = { id: "old/tiny", revision: "main" };
  hub.fault = (request, response) => {
    if (!request.url?.startsWith("/old/")) return false;
    response.writeHead(307, { location: `/${repository.id}/resolve/main/${name}` }).end();
    return true;
  };
  await hubFile({ repository: old, name }, { settings: hub.settings, limit });
  expect(new Set(hub.requests.map(({ authorization }) => authorization))).toEqual(
    new Set(["Bearer hf_secret"]),
  );
});

test.each<[string, string, string]>([
  ["a circle", "/a/b/resolve/main/x", "redirects in a circle"],
  [
    "another protocol",
    "file:///etc/passwd",
    "redirects to an address that is not allowed: file:///etc/passwd",
  ],
])("a redirect to %s is refused", async (_, location, message) => {
  const hub = await fakeHub({ [key]: bytes });
  hub.fault = (_request, response) => {
    response.writeHead(302, { location }).end();
    return true;
  };
  await expect(hubFile(asked, { settings: hub.settings })).rejects.toThrow(message);
});

test("redirects without an end are refused", async () => {
  const hub = await fakeHub({ [key]: bytes });
  hub.fault = (_, response) => {
    response.writeHead(302, { location: `/next/${hub.requests.length}` }).end();
    return true;
  };
  await expect(hubFile(asked, { settings: hub.settings })).rejects.toThrow("more than 10 redirects");
});

test.each<[string, number, string, string | null, string]>([
  ["no file", 404, "EntryNotFound", null, `${repository.id} on HOST has no ${name} (404)`],
  ["no repository", 404, "RepoNotFound", null, `HOST has no repository ${repository.id} (404)`],
  ["no revision", 404, "RevisionNotFound", null, `${repository.id} on HOST has no revision main (404)`],
  [
    "no token",
    401,
    "RepoNotFound",
    null,
    `HOST refuses ${repository.id} (401): there is no such repository, or it is private; set HF_TOKEN`,
  ],
  [
    "a wrong token",
    401,
    "",
    "hf_x",
    `HOST refuses ${repository.id} (401): HF_TOKEN must be a token that may read it`,
  ],
  [
    "conditions",
    403,
    "GatedRepo",
    "hf_x",
    `HF_TOKEN must be a token that may read it; accept its conditions at`,
  ],
  ["a broken hub", 503, "", null, `HOST answers 503 to ${name} of ${repository.id}`],
])("says so: %s", async (_, status, code, token, message) => {
  const hub = await fakeHub({ [key]: bytes }, { token });
  hub.fault = (_request, response) => {
    if (code !== "") response.setHeader("x-error-code", code);
    response.writeHead(status).end("x".repeat(1000));
    return true;
  };
  const error = await hubFile(asked, { settings: hub.settings }).catch((one: Error) => one);
  const { host } = new URL(hub.settings.endpoint);
  expect((error as Error).message).toContain(message.replace("HOST", host));
  expect((error as Error).message).not.toContain("hf_x");
});

test("asks again when the hub is busy", async () => {
  const hub = await fakeHub({ [key]: bytes });
  hub.fault = (_, response) => {
    if (hub.requests.length % 2 === 0) return false;
    response.writeHead(hub.requests.length === 1 ? 429 : 503).end();
    return true;
  };
  const path = await hubFile(asked, { settings: hub.settings, limit });
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(hub.requests.map(({ method }) => method)).toEqual(["HEAD", "HEAD", "GET", "GET"]);
});

test("does not wait for ever for an answer or for the next bytes", async () => {
  const hub = await fakeHub({ [key]: bytes }, { metadataTimeout: 50, downloadTimeout: 50 });
  hub.fault = () => true;
  await expect(hubFile(asked, { settings: hub.settings })).rejects.toThrow(
    /no answer from 127\.0\.0\.1:\d+ in 0\.05 s/,
  );
  hub.fault = (request, response, body) => {
    if (request.method !== "GET") return false;
    response.writeHead(request.headers.range === undefined ? 200 : 206, {});
    response.write(body.subarray(0, 10));
    return true;
  };
  await expect(hubFile(asked, { settings: hub.settings, limit })).rejects.toThrow(
    "no further bytes in 0.05 s",
  );
});

test("without a connection the cache has to do", async () => {
  const hub = await fakeHub({ [key]: bytes });
  const path = await hubFile(asked, { settings: hub.settings, limit });
  const warnings: string[] = [];
  const settings = { ...hub.settings, endpoint: "http://127.0.0.1:9" };
  expect(await hubFile(asked, { settings, listener: { warn: (text) => void warnings.push(text) } })).toBe(
    path,
  );
  expect(warnings).toEqual([
    `no connection to 127.0.0.1:9 (${warnings[0]?.match(/\((.*?)\)/)?.[1]}); ${path} is used as it is`,
  ]);
});

test("two at once: neither sees half a file", async () => {
  const hub = await fakeHub({ [key]: bytes });
  const paths = await Promise.all([1, 2, 3].map(() => hubFile(asked, { settings: hub.settings, limit })));
  for (const path of paths) expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(await blobs(hub.settings.cacheFolder)).toEqual([sha256(bytes)]);
});

test("names of a hub are no paths", async () => {
  const hub = await fakeHub({ [key]: bytes });
  for (const etag of ["../../../evil", "/etc/passwd", "..", ""]) {
    hub.fault = (_, response) => {
      response.writeHead(200, { "x-repo-commit": hub.commit, etag: `"${etag}"` }).end();
      return true;
    };
    await expect(hubFile(asked, { settings: hub.settings })).rejects.toThrow(
      "the header ETag is missing or wrong",
    );
  }
  hub.fault = (_, response) => {
    response.writeHead(200, { "x-repo-commit": "../../../evil", etag: '"abc"' }).end();
    return true;
  };
  await expect(hubFile(asked, { settings: hub.settings })).rejects.toThrow(
    "X-Repo-Commit is missing or wrong",
  );
});

test("a cache that cannot be written is named", async () => {
  const hub = await fakeHub({ [key]: bytes });
  const cacheFolder = join(hub.settings.cacheFolder, "file");
  await writeFile(cacheFolder, "");
  const error = await hubFile(asked, { settings: { ...hub.settings, cacheFolder }, limit }).catch(
    (one: unknown) => one,
  );
  expect((error as HubError).kind).toBe("disk");
  expect((error as HubError).message).toMatch(
    /^cannot write to ".*" \((ENOTDIR|EEXIST)\); make it writable, or set HF_HUB_CACHE/,
  );
  expect((await lstat(cacheFolder)).size).toBe(0);
});
