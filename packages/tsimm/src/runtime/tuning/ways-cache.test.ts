import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WaysCache, type WaysScope } from "./ways-cache.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-ways-"));
});
afterEach(() => rm(folder, { recursive: true }));

const scope: WaysScope = { processor: "x64 Model", runtime: "native 1.30.0", threads: 2, version: 1 };
const site = { key: "conv forward x 2,16,8,8 w 16,16,3,3", ways: ["convolution", "joined-columns"] };
const choice = { way: "joined-columns", milliseconds: { convolution: 2, "joined-columns": 1 } };

/** The only file. */
async function file(): Promise<string> {
  const [path = ""] = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".json"));
  return join(folder, path);
}

test("a choice is read as it was kept, by another process too", async () => {
  const cache = new WaysCache(folder, scope);
  expect(await cache.read(site)).toBe(null);
  expect(await cache.keep(site, choice)).toBe("joined-columns");
  expect(await new WaysCache(folder, scope).read(site)).toBe("joined-columns");
  expect(JSON.parse(await readFile(await file(), "utf8"))).toEqual({ ...scope, ...site, ...choice });
});

test.each<Partial<WaysScope>>([
  { processor: "x64 Other" },
  { runtime: "native 1.31.0" },
  { threads: 4 },
  { version: 2 },
])("a choice holds for its own scope only: not with %j", async (other) => {
  await new WaysCache(folder, scope).keep(site, choice);
  expect(await new WaysCache(folder, { ...scope, ...other }).read(site)).toBe(null);
});

test("a site with other ways to choose from is chosen anew", async () => {
  const cache = new WaysCache(folder, scope);
  await cache.keep(site, choice);
  expect(await cache.read({ ...site, ways: [...site.ways, "new"] })).toBe(null);
  expect(await cache.read({ ...site, key: `${site.key} pads 1,1,1,1` })).toBe(null);
});

test.each<[string, (text: string) => string]>([
  ["no JSON", () => "{"],
  ["nothing", () => ""],
  ["a list", () => "[]"],
  ["a way that there is none of", (text) => text.replace('"way": "joined-columns"', '"way": "rm -rf"')],
  ["a way of no text", (text) => text.replace('"way": "joined-columns"', '"way": 7')],
  ["another site's choice", (text) => text.replace("conv forward", "conv input")],
  ["another processor's choice", (text) => text.replace("x64 Model", "x64 Other")],
  ["a key too many", (text) => text.replace("{", '{ "more": 1,')],
  ["far too much", (text) => text + " ".repeat(100_000)],
])("a file that holds %s counts for nothing and is written anew", async (_, change) => {
  const cache = new WaysCache(folder, scope);
  await cache.keep(site, choice);
  const path = await file();
  await writeFile(path, change(await readFile(path, "utf8")));
  expect(await cache.read(site)).toBe(null);
  expect(await cache.keep(site, { way: "convolution", milliseconds: {} })).toBe("convolution");
  expect(await cache.read(site)).toBe("convolution");
});

test("a folder in the place of a file counts for nothing, and keeping fails with its name", async () => {
  const cache = new WaysCache(folder, scope);
  await cache.keep(site, choice);
  const path = await file();
  await rm(path);
  await mkdir(path);
  expect(await cache.read(site)).toBe(null);
  await expect(cache.keep(site, choice)).rejects.toThrow("cannot write");
});

test("of two processes that choose at once, the later one takes what the first has kept", async () => {
  const [first, second] = [new WaysCache(folder, scope), new WaysCache(folder, scope)];
  expect(await Promise.all([first.read(site), second.read(site)])).toEqual([null, null]);
  expect(await first.keep(site, choice)).toBe("joined-columns");
  expect(await second.keep(site, { way: "convolution", milliseconds: {} })).toBe("joined-columns");
  const many = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      new WaysCache(folder, scope).keep({ ...site, key: `site ${i}` }, choice),
    ),
  );
  expect(new Set(many)).toEqual(new Set(["joined-columns"]));
  const names = await readdir(folder, { recursive: true });
  expect(names.filter((name) => name.endsWith(".json"))).toHaveLength(21);
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
