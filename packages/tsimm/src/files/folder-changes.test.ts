import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FolderChanges } from "./folder-changes.ts";

let folder = "";
const changes = new FolderChanges();
const { signal } = new AbortController();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-changes-"));
});
afterAll(async () => {
  changes.close();
  await rm(folder, { recursive: true });
});

const timed = async (wait: Promise<void>) => {
  const began = performance.now();
  await wait;
  return performance.now() - began;
};

test("a change ends the waiting long before the time is over", async () => {
  const waiting = timed(changes.wait(folder, 60, signal));
  await appendFile(join(folder, "a.csv"), "1\n");
  expect(await waiting).toBeLessThan(20_000);
});

test("without a change the time ends it, and for a folder that is missing", async () => {
  await timed(changes.wait(folder, 0.2, signal));
  expect(await timed(changes.wait(folder, 0.1, signal))).toBeGreaterThan(90);
  expect(await timed(changes.wait(join(folder, "none"), 0.1, signal))).toBeGreaterThan(90);
});

test("a signal ends it, before and during the waiting", async () => {
  const stop = new AbortController();
  const waiting = timed(changes.wait(folder, 60, stop.signal));
  stop.abort();
  expect(await waiting).toBeLessThan(20_000);
  expect(await timed(changes.wait(folder, 60, stop.signal))).toBeLessThan(20_000);
});
