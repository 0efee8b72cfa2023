/** Names that do not exist, and flags that the task does not use, on the command line: one line, exit code 2. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { schedulerNames } from "@tsimm/scheduler";
import { listEngines, listModels, listOptimizers, listTasks } from "tsimm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tsimm } from "./command-line.fixture.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-names-"));
});
afterAll(() => rm(folder, { recursive: true }));

const oneOf = (names: readonly string[], got: string) => `must be one of ${names.join(", ")}, got ${got}`;

test.each([
  ["--task regresion", `--task ${oneOf(listTasks(), '"regresion"; did you mean "regression"?')}`],
  ["--engine nativ", `--engine ${oneOf(["auto", ...listEngines()], '"nativ"; did you mean "native"?')}`],
  ["--sched stpe", `--sched ${oneOf(schedulerNames(), '"stpe"; did you mean "step"?')}`],
  ["--opt admaw", `--opt ${oneOf(listOptimizers(), '"admaw"; did you mean "adamw"?')}`],
  ["--model resnet-50", `--model ${oneOf(listModels(), '"resnet-50"; did you mean "resnet50"?')}`],
  ["--eval-metric top2", `--eval-metric ${oneOf(["loss", "top1", "top5"], '"top2"; did you mean "top1"?')}`],
  [
    "--bce-loss --task regression",
    "--bce-loss must be left out with --task regression, got true; it is for --task classification",
  ],
  ["--bce-sum", "--bce-sum must come with --bce-loss, got true without it; pass --bce-loss"],
])("%s", async (words, message) => {
  const run = ["train", "--model", "test_resnet", "--epochs", "1", "-j", "0", ...words.split(" ")];
  const { code, stderr } = await tsimm(run, { cwd: folder });
  expect(stderr.trim().split("\n").at(-1)).toBe(`tsimm: train: ${message}`);
  expect(code).toBe(2);
});
