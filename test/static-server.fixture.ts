/** Serves a folder of static files, as any host of static files does. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, normalize } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

/** A running server. */
export interface StaticServer {
  readonly origin: string;
  close(): void;
}

/**
 * Starts the server. A folder is answered by its `index.html`, what is not there by `404.html` of the folder served.
 *
 * @param folder - The files.
 * @param prefixes - Paths that the folder lies at, each with a slash at both ends.
 */
export async function serveFolder(
  folder: string,
  prefixes: readonly string[] = ["/"],
): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const prefix = [...prefixes].sort((a, b) => b.length - a.length).find((each) => path.startsWith(each));
    const file = prefix === undefined ? null : servedFile(join(folder, normalize(path.slice(prefix.length))));
    const missing = join(folder, "404.html");
    const answer = file ?? (existsSync(missing) ? missing : null);
    if (answer === null) {
      response.writeHead(404).end();
      return;
    }
    const type = types[extname(answer)] ?? "application/octet-stream";
    response.writeHead(file === null ? 404 : 200, { "content-type": type });
    createReadStream(answer).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { origin: originOf(server), close: () => server.close() };
}

function servedFile(path: string): string | null {
  if (!existsSync(path)) return null;
  if (!statSync(path).isDirectory()) return path;
  const index = join(path, "index.html");
  return existsSync(index) ? index : null;
}

function originOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
}
