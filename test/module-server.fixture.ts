/** Serves the repository to a browser: built modules as they are, the TypeScript of fixtures without its types. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const repository = new URL("..", import.meta.url);

// Everything of the package comes from its build.
const importMap = {
  imports: {
    "/packages/scheduler/src/": "/packages/scheduler/dist/",
    "/packages/scheduler/src/golden.fixture.js": "/packages/scheduler/src/golden.fixture.js",
    "node:fs": "data:text/javascript,export const readFileSync = null",
  },
};
const page = `<!doctype html><title>modules</title><script type="importmap">${JSON.stringify(importMap)}</script>`;

/** Starts the server; `/` is a page that can import. */
export async function serveModules(): Promise<{ server: Server; origin: string }> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    try {
      const body = path === "/" ? page : await moduleText(fileURLToPath(new URL(`.${path}`, repository)));
      response.setHeader("content-type", path === "/" ? "text/html" : "text/javascript");
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  return { server, origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : address}` };
}

async function moduleText(path: string): Promise<string> {
  if (!path.endsWith(".fixture.js")) return readFile(path, "utf8");
  const { outputText } = ts.transpileModule(await readFile(path.replace(/\.js$/, ".ts"), "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  return outputText;
}
