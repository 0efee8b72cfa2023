import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheFolder } from "./cache-folder.ts";

const home = "/home/ada";

test.each([
  ["linux", {}, "/home/ada/.cache/tsimm"],
  ["linux", { XDG_CACHE_HOME: "/var/cache/ada" }, "/var/cache/ada/tsimm"],
  // Relative paths are ignored, as the specification says.
  ["linux", { XDG_CACHE_HOME: "cache" }, "/home/ada/.cache/tsimm"],
  ["linux", { XDG_CACHE_HOME: "" }, "/home/ada/.cache/tsimm"],
  ["darwin", {}, "/home/ada/Library/Caches/tsimm"],
  ["darwin", { XDG_CACHE_HOME: "/var/cache/ada" }, "/var/cache/ada/tsimm"],
  ["win32", { LOCALAPPDATA: "/data/ada/Local" }, "/data/ada/Local/tsimm/Cache"],
  ["win32", {}, "/home/ada/AppData/Local/tsimm/Cache"],
])("on %s with %j it is %s", (platform, env, expected) => {
  expect(cacheFolder({ platform, env, home })).toBe(join(expected));
});
