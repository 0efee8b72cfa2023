/** `tsimm playground`, as a browser and as a stranger on the network would use it. Reads what was built. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeState } from "../apps/playground/src/schedule/address.ts";
import { serveFolder } from "../packages/tsimm/src/cli/playground/serve-folder.ts";
import { launchChromium, processPerPage } from "./chromium.fixture.ts";
import { tsimm } from "./command-line.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { required } from "./required.fixture.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks for a path as it stands; a browser would tidy it up first. */
function ask(
  origin: string,
  path: string,
  options: { method?: string; headers?: object } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = request(
      { hostname, port, path, ...options, headers: { ...options.headers } },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (piece) => {
          body += piece;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    asked.on("error", reject).end();
  });
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
    });
  });
}

describe("a served folder", () => {
  let root = "";
  let server: Server;
  let origin = "";
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "tsimm-served-"));
    await mkdir(join(root, "pages", "assets"), { recursive: true });
    const files = {
      "pages/index.html": "<p>index",
      "pages/assets/a b.js": "1",
      "secret.txt": "secret",
      "pages/.env": "x",
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
    await writeFile(join(root, "engine.wasm"), "engine");
    await symlink(join(root, "secret.txt"), join(root, "pages", "link.txt"));
    await symlink(root, join(root, "pages", "out"));
    await symlink(join(root, "pages", "assets"), join(root, "pages", "inside"));
    const elsewhere = new Map([["assets/ort-1.wasm", join(root, "engine.wasm")]]);
    server = createServer(serveFolder(join(root, "pages"), elsewhere));
    origin = await listening(server);
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(root, { recursive: true });
  });

  test.each([
    ["/", "text/html; charset=utf-8", "<p>index"],
    ["/index.html?a=../..#b", "text/html; charset=utf-8", "<p>index"],
    ["/assets/a%20b.js", "text/javascript; charset=utf-8", "1"],
    ["/inside/a%20b.js", "text/javascript; charset=utf-8", "1"],
    ["/assets/ort-1.wasm", "application/wasm", "engine"],
  ])("%s is %s", async (path, type, body) => {
    const answer = await ask(origin, path);
    expect([answer.status, answer.headers["content-type"], answer.body]).toEqual([200, type, body]);
    expect(answer.headers).toMatchObject({
      "cache-control": "no-cache",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "x-content-type-options": "nosniff",
      "content-length": String(body.length),
    });
  });

  test.each([
    ["/nothing.js", 404],
    ["/assets", 404],
    ["/assets/", 404],
    ["/link.txt", 404],
    ["/out/secret.txt", 404],
    ["/../secret.txt", 400],
    ["/%2e%2e/secret.txt", 400],
    ["/assets/..%2f..%2fsecret.txt", 400],
    ["/..%5csecret.txt", 400],
    ["//etc/passwd", 400],
    ["/.env", 400],
    ["/%00", 400],
    ["/%zz", 400],
    ["/C:/secret.txt", 400],
  ])("%s is refused with %d", async (path, status) => {
    const answer = await ask(origin, path);
    expect([answer.status, /secret|root:/.test(answer.body)]).toEqual([status, false]);
  });

  test("HEAD is GET without the file; other methods are refused", async () => {
    const head = await ask(origin, "/", { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.body]).toEqual([200, "8", ""]);
    const post = await ask(origin, "/", { method: "POST" });
    expect([post.status, post.headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  test("a file that has not changed is not sent again", async () => {
    const { etag } = (await ask(origin, "/")).headers;
    const again = await ask(origin, "/", { headers: { "If-None-Match": etag } });
    expect([again.status, again.body]).toEqual([304, ""]);
  });
});

const browser = await required("browser", () => launchChromium(processPerPage));
const started: ChildProcess[] = [];
afterAll(async () => {
  await browser?.close();
  for (const child of started) child.kill("SIGKILL");
});

const MAIN = fileURLToPath(new URL("../packages/tsimm/dist/cli/main.js", import.meta.url));

/** Starts the command and waits for the line with its address. */
async function start(
  ...words: string[]
): Promise<{ child: ChildProcess; line: string; ended: Promise<unknown[]> }> {
  const child = spawn(process.execPath, [MAIN, "playground", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const ended = new Promise<unknown[]>((resolve) => child.on("close", (...how) => resolve(how)));
  const line = await new Promise<string>((resolve) =>
    child.stdout.on("data", (piece) => resolve(String(piece))),
  );
  return { child, line, ended };
}

describe("tsimm playground", () => {
  test("serves the pages until Ctrl-C, at an address with the schedule that was asked for", async () => {
    const words = ["--sched", "multistep", "--lr", "0.1", "--epochs", "90", "--decay-milestones", "30", "60"];
    const { child, line, ended } = await start("--port", "0", ...words, "--warmup-prefix");
    const [, origin = "", hash = ""] =
      /^Playground: (http:\/\/127\.0\.0\.1:\d+\/)(#\S+) \(Ctrl-C to end\)\n$/.exec(line) ?? [];
    expect(hash).toBe("#sched=multistep&lr=0.1&warmup-prefix=true&epochs=90&decay-milestones=30,60");
    const [curve] = decodeState(hash)?.curves ?? [];
    expect([curve?.sched, curve?.args]).toEqual([
      "multistep",
      { lr: 0.1, epochs: 90, decayMilestones: [30, 60], warmupPrefix: true },
    ]);
    const page = await ask(origin, "/");
    expect(page.body).toContain("<!doctype html>");
    const [, script = ""] = /src="\.(\/assets\/[^"]+\.js)"/.exec(page.body) ?? [];
    expect((await ask(origin, script)).status).toBe(200);

    const taken = await tsimm(["playground", "--port", new URL(origin).port], { cwd: tmpdir() });
    expect(taken).toEqual({
      code: 1,
      signal: null,
      stdout: "",
      stderr: `tsimm: playground: port ${new URL(origin).port} is in use; give --port another number, or 0 for any free port\n`,
    });

    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
    await expect(ask(origin, "/")).rejects.toThrow("ECONNREFUSED");
  });

  test.skipIf(browser === null)(
    "its pages may use threads, find their engine, and write no message",
    async () => {
      const { child, line, ended } = await start("--port", "0");
      const [, origin = ""] = /(http:\S+\/) /.exec(line) ?? [];
      const manifest: object = JSON.parse((await ask(origin, "/engine-files.json")).body);
      expect(Object.keys(manifest).length).toBeGreaterThan(0);
      for (const path of Object.keys(manifest)) {
        const { status, headers } = await ask(origin, `/${path}`, { method: "HEAD" });
        expect([path, status, headers["content-type"]]).toEqual([path, 200, "application/wasm"]);
        expect(Number(headers["content-length"])).toBeGreaterThan(10e6);
      }
      const { body } = await ask(origin, "/licenses.txt");
      for (const name of [
        "@vue/runtime-core",
        "onnxruntime-web",
        "@bufbuild/protobuf",
        "@observablehq/plot",
      ]) {
        expect(body).toMatch(new RegExp(`^${name} \\d.*Copyright`, "m"));
      }
      for (const name of ["", "train.html"]) {
        const page = await browser?.newPage();
        if (page === undefined) return;
        const failures = pageFailures(page);
        await page.goto(`${origin}${name}`, { waitUntil: "networkidle" });
        expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
        expect(await page.locator("h1").count()).toBeGreaterThan(0);
        expect(failures).toEqual([]);
        await page.close();
      }
      child.kill("SIGINT");
      await ended;
    },
  );

  test("takes the next port if its own is in use", async () => {
    const [first, second] = [await start(), await start()];
    const ports = [first, second].map(({ line }) => Number(/:(\d+)\//.exec(line)?.[1]));
    expect(Number(ports[0])).toBeGreaterThanOrEqual(5180);
    expect(Number(ports[1])).toBeGreaterThan(Number(ports[0]));
    for (const { child, ended } of [first, second]) {
      child.kill("SIGTERM");
      expect(await ended).toEqual([null, "SIGTERM"]);
    }
  });

  test.each([
    [["--port", "70000"], "playground: --port must be an integer >= 0 and <= 65535, got 70000"],
    [
      ["--sched", "stpe"],
      'playground: --sched must be one of constant, cosine, exponential, invsqrt, linear, multistep, onecycle, plateau, poly, step, tanh, wsd, got "stpe"; did you mean "step"?',
    ],
    [["--decay-rate", "-1"], "playground: --decay-rate must be a number >= 0, got -1"],
  ])("refuses %j", async (words, message) => {
    const ended = await tsimm(["playground", ...words], { cwd: tmpdir() });
    expect([ended.code, ended.stderr.split("\n")[0]]).toEqual([2, `tsimm: ${message}`]);
  });
});
