/** Serves a folder of static files over HTTP. */
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";

const TEXT = "; charset=utf-8";
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ...{ ".html": `text/html${TEXT}`, ".css": `text/css${TEXT}`, ".txt": `text/plain${TEXT}` },
  ...{ ".js": `text/javascript${TEXT}`, ".mjs": `text/javascript${TEXT}`, ".wasm": "application/wasm" },
  ...{ ".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json" },
  ...{ ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp" },
  ...{ ".ico": "image/x-icon", ".woff2": "font/woff2", ".ttf": "font/ttf" },
};

/** A page that is isolated from other origins may use threads. */
const HEADERS = {
  "Cache-Control": "no-cache",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Answers GET and HEAD with the files of a folder; nothing outside of it is read, whatever a path or a link says.
 *
 * @param folder - Its `index.html` answers `/`.
 * @param elsewhere - Files that lie outside, by their path from the folder, e.g. `assets/engine.wasm`.
 */
export function serveFolder(
  folder: string,
  elsewhere: ReadonlyMap<string, string> = new Map(),
): RequestListener {
  return (request, response) => {
    answer(request, response, folder, elsewhere).catch(() => {
      // The reader has gone, or the file has while it was read.
      if (response.headersSent) response.destroy();
      else refuse(response, 500, "The file cannot be read.");
    });
  };
}

async function answer(
  { method, url = "/", headers }: IncomingMessage,
  response: ServerResponse,
  folder: string,
  elsewhere: ReadonlyMap<string, string>,
): Promise<void> {
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(response, 405, "Only GET and HEAD are answered.");
  }
  const names = namesIn(url);
  if (names === null) return refuse(response, 400, "The address is not one of a file.");
  const file = elsewhere.get(names.join("/")) ?? (await fileIn(folder, names));
  const found = file === null ? null : await stat(file).catch(() => null);
  if (file === null || !found?.isFile()) return refuse(response, 404, "There is no such file.");
  const tag = `W/"${found.size.toString(36)}-${Math.round(found.mtimeMs).toString(36)}"`;
  const type = CONTENT_TYPES[extname(file).toLowerCase()] ?? "application/octet-stream";
  const all = { ...HEADERS, ETag: tag, "Content-Type": type };
  if (headers["if-none-match"] === tag) {
    response.writeHead(304, all).end();
    return;
  }
  response.writeHead(200, { ...all, "Content-Length": found.size });
  if (method === "HEAD") response.end();
  else await pipeline(createReadStream(file), response);
}

/** The names in the path of an address; null if it has any that a file in a folder cannot have. */
function namesIn(url: string): string[] | null {
  const path = url.replace(/[?#].*$/s, "");
  if (!path.startsWith("/")) return null;
  try {
    const names = path.slice(1).split("/").map(decodeURIComponent);
    if (names.at(-1) === "") names[names.length - 1] = "index.html";
    const isSafe = (name: string) => /^[^./\\:][^/\\:]*$/.test(name) && !name.includes("\0");
    return names.every(isSafe) ? names : null;
  } catch {
    return null;
  }
}

/** The file itself, behind links; null if there is none, or it lies outside. */
async function fileIn(folder: string, names: readonly string[]): Promise<string | null> {
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, ...names))]);
    return file.startsWith(root + sep) ? file : null;
  } catch {
    return null;
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": CONTENT_TYPES[".txt"] }).end(`${text}\n`);
}
