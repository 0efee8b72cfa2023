import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFeatureStore } from "./feature-store.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-features-"));
});
afterAll(() => rm(folder, { recursive: true }));

const width = 3;
const rowOf = (row: number) => [row + 0.25, -row, row / 3].map(Math.fround);

test.each([
  ["memory", undefined],
  ["disk", 100],
] as const)("rows in %s are read as they were written, in any order", async (location, maxBytes) => {
  const store = await createFeatureStore({ rows: 3000, width, maxBytes, folder });
  expect(store).toMatchObject({ location, bytes: 3000 * width * 4 });
  for (const rows of [[2999, 0], [1023, 1024, 1025], [7]]) {
    expect(rows.some((row) => store.has(row))).toBe(false);
    await store.write(rows, Float32Array.from(rows.flatMap(rowOf)));
    expect(rows.every((row) => store.has(row))).toBe(true);
  }
  await store.write([7], Float32Array.from(rowOf(8)));
  const order = [1024, 0, 2999, 1024];
  expect([...(await store.read(order))]).toEqual(order.flatMap(rowOf));
  expect([...(await store.read([7]))]).toEqual(rowOf(8));
  await store.close();
  expect(await readdir(folder)).toEqual([]);
});
