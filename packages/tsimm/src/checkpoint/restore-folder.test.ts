import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { decodeSafetensors } from "../weights/safetensors.ts";
import { readCheckpoint, type UnsignedState } from "./checkpoint.ts";
import { findCheckpoint, readStates } from "./find-checkpoint.ts";
import { findHistory, restoreFolder } from "./restore-folder.ts";
import { exampleRecovery, exampleRow, exampleState, exampleTensors, writeRole } from "./run-state.fixture.ts";

let root = "";
let folder = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-restore-"));
  folder = join(root, "run");
  await mkdir(folder);
});
afterEach(() => rm(root, { recursive: true }));

/** What follows from the rows of an epoch, of the kind that a listener writes. */
const summaryCsv = (rows: readonly unknown[]) => `${JSON.stringify(rows)}\n`;
const filesOf = (rows: readonly unknown[]) => ({
  "summary.csv": rows.length === 0 ? null : summaryCsv(rows),
});

const rankings = {
  top1: { name: "top1", better: "higher", of: "validation" },
  loss: { name: "loss", better: "lower", of: "validation" },
  trainLoss: { name: "loss", better: "lower", of: "training" },
} as const;

const resume = (role: string, inside = folder) => join(inside, `${role}.resume.safetensors`);

/** The folder of a run after an epoch, as one never stopped leaves it. */
async function runFolder(epoch: number): Promise<void> {
  for (let past = 0; past <= epoch; past++) await writeRole(folder, `checkpoint-${past}`, exampleState(past));
  for (const role of ["last", "model_best"]) await writeRole(folder, role, exampleState(epoch));
  await writeFile(join(folder, "summary.csv"), summaryCsv(exampleState(epoch).metricHistory));
}

async function restore(
  role: string,
  into = folder,
): Promise<{ changed: string[]; kept: number[]; best: number | undefined }> {
  const checkpoint = await readCheckpoint(resume(role));
  const { states } = await readStates(folder);
  const history = findHistory(checkpoint.state, states, rankings.top1);
  const rows = checkpoint.state.metricHistory;
  const changed = await restoreFolder(into, { checkpoint, history, states, rows, files: filesOf(rows) });
  return { changed, kept: history.kept.map(({ epoch }) => epoch), best: history.best?.epoch };
}

async function contents(inside = folder): Promise<Record<string, string>> {
  const names = (await readdir(inside)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(join(inside, name))).toString("base64")]),
    ),
  );
}

test("a folder that agrees with its state is not touched", async () => {
  await runFolder(2);
  await writeRole(folder, "recovery-3-20", exampleRecovery(3, 2));
  const before = await contents();
  const { mtimeNs } = await stat(resume("last"), { bigint: true });
  for (const role of ["recovery-3-20", "last"]) {
    if (role === "last") await rm(resume("recovery-3-20"));
    const { changed, kept, best } = await restore(role);
    expect([role, changed, kept, best]).toEqual([
      role,
      role === "last" ? ["recovery-3-20"] : [],
      [2, 1, 0],
      2,
    ]);
  }
  const after = await contents();
  expect((await stat(resume("last"), { bigint: true })).mtimeNs).toBe(mtimeNs);
  const lost = Object.keys(before).filter((name) => !(name in after));
  expect(lost).toEqual(["recovery-3-20.resume.safetensors", "recovery-3-20.safetensors"]);
});

test("whatever is missing or of another epoch is made from the states that are there", async () => {
  await runFolder(2);
  const whole = await contents();
  const loss: ((file: string) => Promise<void>)[] = [
    (file) => rm(file),
    (file) => cp(join(folder, "checkpoint-0.safetensors"), file),
  ];
  const names = [
    "last.safetensors",
    "model_best.safetensors",
    "model_best.resume.safetensors",
    "checkpoint-2.safetensors",
  ];
  for (const name of [...names, "checkpoint-2.resume.safetensors", "summary.csv"]) {
    for (const [index, lose] of loss.entries()) {
      await lose(join(folder, name));
      const { changed } = await restore("last");
      expect([name, index, changed]).toEqual([name, index, [name.replace(/(\.resume)?\.safetensors$/, "")]]);
      expect(await contents()).toEqual(whole);
    }
  }
});

test("a state whose tensors are damaged behind a good header is replaced by its other copy", async () => {
  await runFolder(2);
  const whole = await contents();
  for (const role of ["last", "checkpoint-2"]) {
    const bytes = await readFile(resume(role));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    // The copies of a state may be links to one file.
    await rm(resume(role));
    await writeFile(resume(role), bytes);
    const { checkpoint, states } = await findCheckpoint(resume(role), () => {});
    if (checkpoint === null) throw new Error("nothing found");
    const { metricHistory: rows } = checkpoint.state;
    const history = findHistory(checkpoint.state, states, rankings.top1);
    expect(await restoreFolder(folder, { checkpoint, history, states, rows, files: filesOf(rows) })).toEqual([
      role,
    ]);
    expect(await contents()).toEqual(whole);
  }
});

test("weights written for an epoch whose state was not are taken back, orphans removed", async () => {
  await runFolder(1);
  const whole = await contents();
  await writeRole(folder, "next", exampleState(2));
  await rm(resume("next"));
  for (const role of ["last", "model_best", "checkpoint-2"]) {
    await cp(join(folder, "next.safetensors"), join(folder, `${role}.safetensors`));
  }
  await rm(join(folder, "next.safetensors"));
  await writeFile(join(folder, "recovery-2-13.safetensors"), "");
  expect((await restore("last")).changed.sort()).toEqual([
    "checkpoint-2",
    "last",
    "model_best",
    "recovery-2-13",
  ]);
  expect(await contents()).toEqual(whole);
});

test("a moving average: model_best holds the weights that gave the metric", async () => {
  const state: UnsignedState = exampleState(0, { evalConfig: { weights: "ema" } });
  await writeRole(folder, "last", state, exampleTensors(3, true));
  await writeFile(join(folder, "model_best.ema.safetensors"), "stale");
  await restore("last");
  const value = async (name: string) => {
    const { tensors, metadata } = decodeSafetensors(await readFile(join(folder, name)));
    return [tensors.get("w")?.data[0], JSON.parse(metadata["tsimm"] ?? "").weights];
  };
  expect(await value("last.safetensors")).toEqual([3, "plain"]);
  expect(await value("model_best.safetensors")).toEqual([-3, "ema"]);
  expect(await value("model_best.ema.safetensors")).toEqual([-3, "ema"]);
  expect(await value("checkpoint-0.safetensors")).toEqual([3, "plain"]);
  expect((await restore("last")).changed).toEqual([]);
});

test("going back to an older state removes what came after it", async () => {
  await runFolder(1);
  const whole = await contents();
  await runFolder(4);
  await writeRole(folder, "recovery-2-13", exampleRecovery(2, 1));
  await writeRole(folder, "recovery-5-31", exampleRecovery(5, 1));
  await restore("checkpoint-1");
  expect(await contents()).toEqual(whole);
});

test("a checkpoint of another past of the run is no part of this one", async () => {
  await runFolder(3);
  const other = [exampleRow(0, 10), exampleRow(1)];
  await writeRole(folder, "checkpoint-1", exampleState(1, { metricHistory: other }));
  const { kept, changed } = await restore("last");
  expect(kept).toEqual([3, 2, 0]);
  expect(changed).toEqual(["checkpoint-1"]);
});

test("where the best checkpoint is gone, the best of the rest counts", async () => {
  await runFolder(1);
  const kept = [
    { epoch: 0, metric: 90 },
    { epoch: 1, metric: 51 },
  ];
  await writeRole(folder, "last", exampleState(1, { best: { epoch: 0, metric: 90 }, kept }));
  for (const role of ["model_best", "checkpoint-0"]) {
    await rm(resume(role));
    await rm(join(folder, `${role}.safetensors`));
  }
  const { best } = await restore("last");
  expect(best).toBe(1);
  expect(await readFile(resume("model_best"))).toEqual(await readFile(resume("last")));
});

test("another folder gets links to the run's checkpoints, and the run stays as it is", async () => {
  await runFolder(2);
  await writeRole(folder, "recovery-3-20", exampleRecovery(3, 2));
  const before = await contents();
  const other = join(root, "other");
  await mkdir(other);
  await restore("recovery-3-20", other);
  expect(await contents(other)).toEqual(before);
  expect(await contents()).toEqual(before);
});

test("epochs are ranked anew where another metric counts from now on", async () => {
  const losses = [0.3, 0.2, 0.4];
  const rows = losses.map((loss, epoch) => ({
    ...exampleRow(epoch),
    validation: { loss, top1: 50 + epoch, top5: 100 },
  }));
  for (const epoch of losses.keys()) {
    await writeRole(
      folder,
      `checkpoint-${epoch}`,
      exampleState(epoch, { metricHistory: rows.slice(0, epoch + 1) }),
    );
  }
  const { state } = await readCheckpoint(resume("checkpoint-2"));
  const { states } = await readStates(folder);
  const by = (metric: keyof typeof rankings) => {
    const { kept, best } = findHistory(state, states, rankings[metric]);
    return [kept.map(({ epoch }) => epoch), best];
  };
  expect(by("top1")).toEqual([[2, 1, 0], { epoch: 2, metric: 52 }]);
  expect(by("loss")).toEqual([[1, 0, 2], { epoch: 1, metric: 0.2 }]);
  expect(by("trainLoss")).toEqual([[2, 1, 0], { epoch: 2, metric: 1 / 3 }]);
  const ranking = rankings.trainLoss;
  const unvalidated = { ...state, ranking, metricHistory: rows.map((row) => ({ ...row, validation: null })) };
  const stripped = states.map((header) => ({
    ...header,
    state: { ...header.state, metricHistory: unvalidated.metricHistory.slice(0, header.state.epoch + 1) },
  }));
  expect(findHistory(unvalidated, stripped, rankings.top1).best?.metric).toBeNaN();
});
