/** TensorBoard itself reads the event files that tsimm writes. */
import { mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEventFile, type EventFile } from "tsimm";
import { afterAll, expect, test } from "vitest";
import golden from "./golden/tensorboard/scalars.json" with { type: "json" };
import { run } from "./run.fixture.ts";

const script = fileURLToPath(new URL("tensorboard/scalars.py", import.meta.url));
const python = await findPython();

const root = await mkdtemp(join(tmpdir(), "tsimm-tensorboard-"));
afterAll(() => rm(root, { recursive: true }));

/** A Python that has TensorBoard; Debian has no package of it. The golden bytes of its writer are compared anyway. */
async function findPython(): Promise<string | null> {
  for (const program of ["/usr/bin/python3", "python3"]) {
    const found = await run(program, ["-c", "import tensorboard"]).catch(() => null);
    if (found !== null) return program;
  }
  process.stderr.write("\nSKIPPED: no tensorboard (pip install tensorboard), its reader did not run\n\n");
  return null;
}

/** Points of a folder: `{ tag: [[step, value, wall time], …] }`. */
async function readByTensorBoard(folder: string): Promise<Record<string, [number, number, number][]>> {
  const { stdout } = await run(python ?? "", [script, folder]);
  const read: Record<string, [number, string, number][]> = JSON.parse(stdout);
  const number = (text: string) => Number(text.replace("inf", "Infinity"));
  const points = Object.entries(read).map(([tag, rows]) => [
    tag,
    rows.map(([step, value, time]) => [step, number(value), time]),
  ]);
  return Object.fromEntries(points);
}

const steps = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Adds the same value at some steps. */
async function write(folder: string, among: number[], value: number, purgeStep?: number): Promise<EventFile> {
  const file = await createEventFile(folder, purgeStep === undefined ? {} : { purgeStep });
  for (const step of among) file.scalar("train/loss", value, step, step);
  await file.close();
  return file;
}

test.skipIf(python === null)("it reads every tag, step, time and value", async () => {
  const folder = join(root, "values");
  const file = await createEventFile(folder);
  const expected: Record<string, [number, number, number][]> = {};
  for (const [tag, value, step, time] of golden.scalars) {
    file.scalar(String(tag), Number(value), Number(step), Number(time));
    const points = expected[String(tag)] ?? [];
    expected[String(tag)] = [...points, [Number(step), Math.fround(Number(value)), Number(time)]];
  }
  await file.close();
  expect(await readByTensorBoard(folder)).toEqual(expected);
});

test.skipIf(python === null)("it drops what a resumed run does again, in every session", async () => {
  const folder = join(root, "resumed");
  await write(folder, steps(1, 20), 1, 1);
  await write(folder, steps(15, 30), 2, 15);
  await write(folder, steps(10, 12), 3, 10);
  const { "train/loss": points = [] } = await readByTensorBoard(folder);
  const values = points.map(([step, value]) => [step, value]);
  expect(values).toEqual([...steps(1, 10).map((step) => [step, 1]), [10, 3], [11, 3]]);
});

test.skipIf(python === null)("it drops even after a file without a session start", async () => {
  const folder = join(root, "other-writer");
  await write(folder, steps(1, 20), 1);
  await write(folder, steps(5, 6), 2, 5);
  const { "train/loss": points = [] } = await readByTensorBoard(folder);
  expect(points.map(([step]) => step)).toEqual([1, 2, 3, 4, 5]);
});

test.skipIf(python === null)("it shows all files without a first step", async () => {
  const folder = join(root, "appended");
  await write(folder, [1, 2], 1);
  await write(folder, [3, 4], 2);
  const { "train/loss": points = [] } = await readByTensorBoard(folder);
  expect(points.map(([step]) => step)).toEqual([1, 2, 3, 4]);
});

test.skipIf(python === null).each([1, 4, 20, 35])(
  "it reads up to a record cut off by %i bytes, and goes on with the next file",
  async (bytes) => {
    const folder = join(root, `torn-${bytes}`);
    const { path } = await write(folder, [1, 2, 3], 1);
    await truncate(path, (await readFile(path)).length - bytes);
    await write(folder, [4], 2);
    const { "train/loss": points = [] } = await readByTensorBoard(folder);
    expect(points.map(([step]) => step)).toEqual([1, 2, 4]);
  },
);
