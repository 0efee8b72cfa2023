/** A real Chromium, unpacked from its npm package. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { run } from "./run.fixture.ts";

const cache = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));

/** As on a desktop, a process per page, without which no page is cross-origin isolated. */
export const processPerPage: readonly string[] = ["--no-sandbox", "--headless=shell"];

/** WebGPU on a software adapter, without a GPU. */
export const softwareWebgpu: readonly string[] = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-angle=swiftshader",
];

/**
 * Starts the browser, with the libraries that its package brings for machines that lack them.
 *
 * @param args - Its command line; absent: that of its package, one process for all.
 */
export async function launchChromium(args: readonly string[] = chromium.args): Promise<Browser> {
  const folder = await unpackedFolder();
  const libraries = {
    LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
    FONTCONFIG_FILE: await fontConfiguration(folder),
  };
  return playwright.launch({
    executablePath: join(folder, "chromium"),
    args: [...args],
    env: { ...process.env, ...libraries },
  });
}

/** Where the unpacked browser lies. Whoever comes first unpacks it elsewhere and moves it there whole. */
async function unpackedFolder(): Promise<string> {
  const folder = join(cache, "chromium");
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, "chromium-"));
  // The package unpacks into the temporary folder; the variable is its sign that the libraries are wanted too.
  const env = { ...process.env, TMPDIR: fresh, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" };
  const unpack = 'await (await import("@sparticuz/chromium")).default.executablePath()';
  try {
    await run(process.execPath, ["--input-type=module", "-e", unpack], { cwd: cache, env });
    if (!existsSync(folder)) await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** Names the font of the package: text without any font is invisible, and can crash the browser. */
async function fontConfiguration(folder: string): Promise<string> {
  const file = join(cache, "chromium-fonts.conf");
  const folders = `<dir>${join(folder, "fonts")}</dir><cachedir>${join(cache, "fontconfig")}</cachedir>`;
  await writeFile(file, `<?xml version="1.0"?><fontconfig>${folders}</fontconfig>`);
  return file;
}
