/** A folder that grows while it is followed: each wait is a step of the script, and no time passes. */
import { appendFile, mkdir, mkdtemp, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { followRun } from "./follow-run.ts";
import { lineOutput } from "./line-output.ts";
import { timmArguments, timmSummary } from "./run-view.fixture.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-watch-"));
});
afterEach(() => rm(root, { recursive: true }));

const run = () => join(root, "run");
const summary = () => join(run(), "summary.csv");
const start = async (epochs = 4) => {
  await mkdir(run());
  await writeFile(join(run(), "args.yaml"), stringify({ ...timmArguments, epochs }));
};
const rowsOf = (from: number, to: number) =>
  timmSummary(to)
    .split("\r\n")
    .slice(from + 1, to + 1)
    .map((line) => `${line}\r\n`)
    .join("");
const lock = (pid: number) =>
  writeFile(join(run(), ".tsimm.lock"), JSON.stringify({ pid, host: hostname(), started: "" }));

/** What is written while a folder is followed; each step comes in place of a wait, a minute later. */
async function followed(
  steps: readonly (() => Promise<unknown>)[],
  { path = run(), once = false }: { path?: string; once?: boolean } = {},
): Promise<string[]> {
  const lines: string[] = [];
  const stop = new AbortController();
  const stream = { write: (text: string) => lines.push(text.trimEnd()) } as unknown as NodeJS.WritableStream;
  const say = (text: string) => lines.push(`> ${text.replaceAll(root, "")}`);
  let step = 0;
  const now = () => 1e12 + 60_000 * step;
  await setTimes(now());
  await followRun(path, {
    ...{ once, signal: stop.signal, now },
    output: lineOutput(stream, { info: say, warn: (text) => say(`WARNING: ${text}`) }),
    async wait() {
      const next = steps[step];
      step++;
      if (next === undefined) stop.abort();
      else await next();
      await setTimes(now());
    },
  });
  return lines;
}

/** Files that were just written have the time of the script. */
async function setTimes(now: number): Promise<void> {
  for (const file of [summary(), join(run(), "args.yaml")]) {
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
    if (mtimeMs > 1.5e12) await utimes(file, now / 1000, now / 1000);
  }
}

/** Lines without the time that an epoch took. */
const untimed = (lines: readonly string[]) => lines.map((line) => line.replace(/, [\d.]+ s$/, ""));

const FIRST = "Epoch 0 (1/4): loss 2.50, validation loss 3.00, top-1 20.00 %, lr 1.000e-01";
const SECOND = "Epoch 1 (2/4): loss 1.67, validation loss 2.00, top-1 25.00 %, lr 1.000e-01";
const THIRD = "Epoch 2 (3/4): loss 1.25, validation loss 1.50, top-1 30.00 %, lr 1.000e-01";
const FOURTH = "Epoch 3 (4/4): loss 1.00, validation loss 1.20, top-1 35.00 %, lr 1.000e-01";

test("waits for a folder and its first epoch, shows every epoch, ends with the last", async () => {
  const lines = await followed([
    async () => {},
    () => mkdir(run()),
    () => writeFile(join(run(), "args.yaml"), stringify({ ...timmArguments, epochs: 4 })),
    () => writeFile(summary(), timmSummary(1)),
    () => appendFile(summary(), rowsOf(1, 2)),
    () => appendFile(summary(), rowsOf(2, 3).slice(0, 12)),
    () => appendFile(summary(), rowsOf(2, 3).slice(12)),
    () => appendFile(summary(), rowsOf(3, 4)),
  ]);
  expect(lines).toEqual([
    '> "/run" does not exist yet: waiting for a run there',
    '> "/run" is empty yet: waiting for a run there',
    "> Watching /run",
    ...[`${FIRST}, 60.0 s`, `${SECOND}, 60.0 s`, `${THIRD}, 120.0 s`, `${FOURTH}, 60.0 s`],
    "Best: top-1 35.00 % in epoch 3",
    "> All 4 epochs are done",
  ]);
});

test("shows what is there, and ends at once where every epoch is done", async () => {
  await start();
  await writeFile(summary(), timmSummary(4));
  expect(await followed([])).toEqual([
    ...["> Watching /run", FIRST, SECOND, THIRD, FOURTH],
    ...["Best: top-1 35.00 % in epoch 3", "> All 4 epochs are done"],
  ]);
});

test("epochs that were done elsewhere took no time here", async () => {
  const lines = await followed([
    () => start(),
    async () => {
      const [header = ""] = timmSummary(1).split("\r\n");
      await writeFile(summary(), `${header}\r\n${rowsOf(2, 3)}`);
      await utimes(summary(), 1e9 + 120, 1e9 + 120);
      await utimes(join(run(), "args.yaml"), 1e9 + 60, 1e9 + 60);
    },
  ]);
  expect(lines).toContain(`${THIRD}, 60.0 s`);
});

test("goes on with a run that was killed and resumed by timm, under its second header", async () => {
  await start();
  await writeFile(summary(), timmSummary(3));
  const again = timmSummary(2)
    .replace("1,1.6666666666666667", "1,1.5")
    .replace(/0,2.5.*\r\n/, "");
  const lines = await followed([
    () => appendFile(summary(), again),
    () => appendFile(summary(), rowsOf(2, 4)),
  ]);
  expect(untimed(lines.slice(4))).toEqual([
    "> The run went back to epoch 2",
    SECOND.replace("1.67", "1.50"),
    THIRD,
    FOURTH,
    ...["Best: top-1 35.00 % in epoch 3", "> All 4 epochs are done"],
  ]);
});

test("follows a file that is replaced, as tsimm writes it", async () => {
  await start();
  await writeFile(summary(), timmSummary(1));
  const replace = (epochs: number) => async () => {
    await writeFile(join(run(), "new"), timmSummary(epochs));
    await rename(join(run(), "new"), summary());
  };
  const lines = await followed([replace(2), replace(4)]);
  expect(untimed(lines.slice(1, 5))).toEqual([FIRST, SECOND, THIRD, FOURTH]);
  expect(lines.at(-1)).toBe("> All 4 epochs are done");
});

test("ends with a training of tsimm that ends early, not with one that is killed", async () => {
  await start();
  await writeFile(summary(), timmSummary(1));
  await writeFile(join(run(), "last.resume.safetensors"), "");
  await lock(process.pid);
  const lines = await followed([
    // No process has this id.
    () => lock(2 ** 30),
    () => lock(process.pid),
    () => writeFile(summary(), timmSummary(2)),
    () => rm(join(run(), ".tsimm.lock")),
  ]);
  expect(lines.slice(2)).toEqual([
    expect.stringContaining(SECOND),
    ...["Best: top-1 25.00 % in epoch 1", "> The training has ended after 2 of 4 epochs"],
  ]);
});

test("keeps what it has while a file cannot be read, and says why, once", async () => {
  await start();
  await writeFile(summary(), timmSummary(1));
  const lines = await followed([
    () => appendFile(summary(), "1,what\r\n"),
    async () => {},
    () => writeFile(summary(), timmSummary(2)),
    () => writeFile(join(run(), "args.yaml"), "- a\n"),
  ]);
  expect(lines).toEqual([
    ...["> Watching /run", FIRST],
    "> WARNING: readSummary: a row must have 6 cells, one for each column, got 2 in line 3 of summary.csv; repair the line or take it out",
    expect.stringContaining(SECOND),
    `> WARNING: "/run/args.yaml" must hold "key: value" lines`,
    "Best: top-1 25.00 % in epoch 1",
  ]);
});

test("a table of epochs that is none ends it at the beginning", async () => {
  await start();
  await writeFile(summary(), "loss,lr\n1,2\n");
  await expect(followed([])).rejects.toThrow('readSummary: the columns must have "epoch" among them');
});

test("shows the present state once, without waiting", async () => {
  const missing = `watch: <run> must be the folder of a run, got "${run()}", which does not exist`;
  await expect(followed([], { once: true })).rejects.toThrow(missing);
  await start();
  await writeFile(summary(), timmSummary(1));
  expect(await followed([], { once: true })).toEqual([
    "> Watching /run",
    FIRST,
    "Best: top-1 20.00 % in epoch 0",
  ]);
});

test("takes the newest run of a folder", async () => {
  await start();
  await writeFile(summary(), timmSummary(1));
  expect((await followed([], { path: root }))[0]).toMatch(/^> The newest run in : \/run$/);
});
