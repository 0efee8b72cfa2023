import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { mayHaveAdapter } from "./may-have-adapter.ts";

const folder = await mkdtemp(join(tmpdir(), "tsimm-dev-"));
afterAll(() => rm(folder, { recursive: true }));

test.each([
  [[], false],
  [["dri/card0"], false],
  [["dri/card0", "dri/renderD128"], true],
  [["nvidiactl"], true],
  [["dxg"], true],
  [["null", "kvm"], false],
])("Linux with the device files %j may have a GPU: %s", async (files, expected) => {
  const root = await mkdtemp(join(folder, "dev-"));
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), "");
  }
  expect(mayHaveAdapter("linux", {}, root)).toBe(expected);
});

test.each(["VK_ICD_FILENAMES", "VK_DRIVER_FILES", "VK_ADD_DRIVER_FILES"])(
  "a Vulkan driver may be named by %s",
  (variable) => {
    expect(mayHaveAdapter("linux", { [variable]: "/driver.json" }, folder)).toBe(true);
    expect(mayHaveAdapter("linux", { [variable]: "" }, folder)).toBe(false);
  },
);

test("other systems have no cheap sign", () => {
  expect(mayHaveAdapter("darwin", {}, folder)).toBe(true);
  expect(mayHaveAdapter("win32", {}, folder)).toBe(true);
});
