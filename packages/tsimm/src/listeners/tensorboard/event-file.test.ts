import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import golden from "../../../../../test/golden/tensorboard/scalars.json" with { type: "json" };
import { createEventFile } from "./event-file.ts";
import { decodeEvents, readEvents } from "./read-events.fixture.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-events-"));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
const newFolder = () => join(root, `run ${folders++}`);
const version = [0, "brain.Event:2"];

test("writes the bytes that TensorBoard writes", async () => {
  const { seconds, purgeStep, scalars } = golden;
  const file = await createEventFile(newFolder(), { purgeStep, now: () => seconds * 1000 });
  for (const [tag, value, step, wallTime] of scalars) {
    file.scalar(String(tag), Number(value), Number(step), Number(wallTime));
  }
  await file.close();
  expect((await readFile(file.path)).toString("base64")).toBe(golden.file);
});

test("a new file holds its version at once", async () => {
  const folder = newFolder();
  const file = await createEventFile(folder, { hostname: "here", now: () => 1.7e12 });
  expect(basename(file.path)).toBe(`events.out.tfevents.1700000000.here.${process.pid}.0`);
  expect(await readEvents(folder)).toEqual([[version]]);
  await file.close();
});

test("a session that goes on starts at its step, twice, since readers overlook the first start", async () => {
  const folder = newFolder();
  await (await createEventFile(folder, { purgeStep: 30 })).close();
  expect(await readEvents(folder)).toEqual([[version, [30, "start 1"], [30, "start 1"]]]);
});

test("points are in the file after a flush, and time is now by default", async () => {
  const folder = newFolder();
  const file = await createEventFile(folder, { now: () => 1.7e12 });
  file.scalar("a", 1.5, 7);
  expect(await readEvents(folder)).toEqual([[version]]);
  await file.flush();
  await file.flush();
  file.scalar("b", 2.5, 8);
  await Promise.all([file.flush(), file.flush(), file.close()]);
  await file.close();
  expect(await readEvents(folder)).toEqual([[version, [7, "a", 1.5], [8, "b", 2.5]]]);
});

test("files of one second and one process have names of their own", async () => {
  const folder = newFolder();
  const files = await Promise.all(Array.from({ length: 4 }, () => createEventFile(folder, { now: () => 0 })));
  for (const file of files) await file.close();
  expect(new Set(files.map((file) => file.path)).size).toBe(4);
  expect(await readdir(folder)).toHaveLength(4);
});

test("control characters of a tag are escaped, others stay", async () => {
  const folder = newFolder();
  const file = await createEventFile(folder);
  for (const tag of ["a\nb\u001b[31m", "größer als 猫 🐈/%", "\ud800"]) file.scalar(tag, 0, 0);
  await file.close();
  const tags = (await readEvents(folder))[0]?.slice(1).map(([, tag]) => tag);
  expect(tags).toEqual(["a\\nb\\x1b[31m", "größer als 猫 🐈/%", "\\ud800"]);
});

test("any number becomes the nearest float32", async () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(1e39, -1e39, 5e-324, -0));
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 20 }), fc.maxSafeNat(), async (values, step) => {
      const folder = newFolder();
      const file = await createEventFile(folder);
      for (const value of values) file.scalar("x", value, step);
      await file.close();
      const read = (await readEvents(folder))[0]?.slice(1);
      expect(read).toEqual(values.map((value) => [step, "x", Math.fround(value)]));
    }),
    { numRuns: 30 },
  );
});

test("a file that is cut anywhere keeps the records before", async () => {
  const file = await createEventFile(newFolder());
  for (let step = 1; step <= 3; step++) file.scalar("x", step, step);
  await file.close();
  const whole = await readFile(file.path);
  const all = decodeEvents(whole);
  expect(all).toHaveLength(4);
  for (let length = 0; length < whole.length; length++) {
    const read = decodeEvents(whole.subarray(0, length));
    expect(read).toEqual(all.slice(0, read.length));
    expect(read.length).toBeLessThan(4);
  }
  await truncate(file.path, whole.length - 5);
  expect(decodeEvents(await readFile(file.path))).toEqual(all.slice(0, 3));
});

test("a write that fails halfway is repeated in the same place", async () => {
  const folder = newFolder();
  const probe = await open(join(root, "probe"), "w");
  const write = vi.spyOn(Object.getPrototypeOf(probe), "write");
  const file = await createEventFile(folder);
  file.scalar("x", 1, 1);
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  write.mockImplementationOnce(async () => ({ bytesWritten: 3 })).mockRejectedValueOnce(full);
  const failed = file.flush();
  await expect(failed).rejects.toThrow(`cannot write "${file.path}" (ENOSPC: no space left on device)`);
  await expect(failed).rejects.toMatchObject({ name: "WriteError", path: file.path, code: "ENOSPC" });
  file.scalar("x", 2, 2);
  await file.close();
  write.mockRestore();
  await probe.close();
  expect(await readEvents(folder)).toEqual([[version, [1, "x", 1], [2, "x", 2]]]);
});

test("a folder that cannot be made or read is named", async () => {
  const path = join(root, "a file");
  await writeFile(path, "");
  await expect(createEventFile(path)).rejects.toThrow(`cannot write "${path}" (EEXIST: file already exists)`);
  const below = join(path, "below");
  await expect(createEventFile(below)).rejects.toThrow(`cannot write "${below}" (ENOTDIR: not a directory)`);
});

test.each([
  [
    () => createEventFile(root, { purgeStep: -1 }),
    "createEventFile: purgeStep must be a whole number >= 0, got -1",
  ],
  [
    () => createEventFile(root, { purgeStep: 0.5 }),
    "createEventFile: purgeStep must be a whole number >= 0, got 0.5",
  ],
  [() => scalar("", 0), 'EventFile.scalar: tag must be a text of one character or more, got ""'],
  [() => scalar("x", -1), "EventFile.scalar: step must be a whole number >= 0, got -1"],
  [() => scalar("x", 2 ** 53), "EventFile.scalar: step must be a whole number >= 0, got 9007199254740992"],
  [
    () => scalar("x", 0, Number.NaN),
    "EventFile.scalar: wallTime must be a finite number of seconds, got NaN",
  ],
])("bad input %#", async (call, message) => {
  const error = await call().then(null, (error: unknown) => error);
  expect(error).toEqual(new RangeError(message));
});

test("a closed file takes no points", async () => {
  const file = await createEventFile(newFolder());
  await file.close();
  expect(() => file.scalar("x", 1, 1)).toThrow(
    new Error("EventFile.scalar: the file is closed; open another by createEventFile"),
  );
});

async function scalar(tag: string, step: number, wallTime?: number): Promise<void> {
  const file = await createEventFile(newFolder());
  try {
    file.scalar(tag, 1, step, wallTime);
  } finally {
    await file.close();
  }
}
