import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockRun, trainingState } from "./run-lock.ts";

let folder = "";
let lockFile = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-lock-"));
  lockFile = join(folder, ".tsimm.lock");
});
afterAll(() => rm(folder, { recursive: true }));

const holder = (pid: number, host = hostname(), started = "") => JSON.stringify({ pid, host, started });

test("of many that ask at once one gets the lock; released, it is free and gone", async () => {
  const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockRun(folder)));
  const got = asked.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  expect(got).toHaveLength(1);
  expect(JSON.parse(await readFile(lockFile, "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
  await got[0]?.release();
  expect(await readdir(folder)).toEqual([]);
});

test("the lock of a living process is respected, of a dead one taken over", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  const pid = child.pid ?? 0;
  await writeFile(lockFile, holder(pid));
  await expect(lockRun(folder)).rejects.toThrow(`"${folder}" is in use by process ${pid}; wait for its end`);
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await lockRun(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});

test("the lock of another machine is respected, and the message says how to remove it", async () => {
  await writeFile(lockFile, holder(1, "elsewhere\u001b[31m"));
  await expect(lockRun(folder)).rejects.toThrow(
    `is in use by process 1 on elsewhere\\x1b[31m; if that one has ended, remove "${lockFile}"`,
  );
});

test.each(["", "{}", "null", '{"pid":-1,"host":"x"}', "no JSON"])(
  "a lock that names no process (%j) is taken over",
  async (text) => {
    await writeFile(lockFile, text);
    await (await lockRun(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  },
);

test.skipIf(process.platform !== "linux")(
  "a process that got the number of a dead one holds nothing",
  async () => {
    await writeFile(lockFile, holder(process.pid, hostname(), "another-boot 123"));
    await (await lockRun(folder)).release();
  },
);

test("temporary files of dead writers are removed with the lock taken", async () => {
  await writeFile(join(folder, ".last.safetensors.0123456789ab.tmp"), "");
  const lock = await lockRun(folder);
  expect(await readdir(folder)).toEqual([".tsimm.lock"]);
  await lock.release();
});

test("tells whether a process trains in a folder", async () => {
  expect(await trainingState(folder)).toBe(null);
  await writeFile(lockFile, holder(process.pid));
  expect(await trainingState(folder)).toBe("running");
  // No process has this id.
  await writeFile(lockFile, holder(2 ** 30));
  expect(await trainingState(folder)).toBe("killed");
  await rm(lockFile);
  await writeFile(join(folder, "last.resume.safetensors"), "");
  expect(await trainingState(folder)).toBe("ended");
});
