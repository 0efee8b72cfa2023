/** Unknown names, and two definitions of one name, in every registry: what is said. */
import {
  defineSchedule,
  findSchedule,
  listSchedules,
  registerSchedule,
  schedulerNames,
} from "@tsimm/scheduler";
import { describe, expect, test } from "vitest";
import { openDataset } from "../data/dataset.ts";
import { listSources, registerSource, sources } from "../data/sources/sources.ts";
import { createModel, listModels, modelFamilies, registerModelFamily } from "../models/registry.ts";
import { createOptimizerV2 } from "../optim/create-optimizer.ts";
import { listOptimizers, optimizerDefinitions, registerOptimizer } from "../optim/optimizers.ts";
import { createEngine, listEngines, registerEngine } from "../runtime/create-engine.ts";
import { createTask, listTasks, registerTask, taskDefinitions } from "../task/tasks.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { checkNames } from "./check-names.ts";
import { resolveArguments } from "./resolve-arguments.ts";

/** As a program in JavaScript passes names. */
interface Unchecked {
  createEngine(name: string): Promise<unknown>;
}

describe("a name that no definition has is refused with all names and the nearest one", () => {
  const unchecked: Unchecked = { createEngine: createEngine as Unchecked["createEngine"] };
  const lookups: readonly [string, () => unknown, string, readonly string[], string][] = [
    [
      "schedule",
      () => findSchedule("cosin"),
      "findSchedule: name",
      schedulerNames(),
      '"cosin"; did you mean "cosine"?',
    ],
    [
      "optimizer",
      () => createOptimizerV2([], { opt: "adamv" }),
      "createOptimizerV2: opt",
      listOptimizers(),
      '"adamv"; did you mean "adam"?',
    ],
    [
      "model",
      () => createModel("resnet19"),
      "createModel: name",
      listModels(),
      '"resnet19"; did you mean "resnet18"?',
    ],
    [
      "task",
      () => createTask("regresion", { outputNames: ["age"] }),
      "createTask: task",
      listTasks(),
      '"regresion"; did you mean "regression"?',
    ],
    [
      "source",
      () => openDataset({ dataDir: ".", split: "train", source: "foldr" }),
      "openDataset: source",
      listSources(),
      '"foldr"; did you mean "folder"?',
    ],
    [
      "engine",
      () => unchecked.createEngine("nativ"),
      "createEngine: name",
      ["auto", ...listEngines()],
      '"nativ"; did you mean "native"?',
    ],
  ];

  test.each(lookups)("%s", async (_, look, where, names, got) => {
    // Some throw, some reject.
    const error: unknown = await (async () => look())().catch((thrown) => thrown);
    expect(error).toEqual(new RangeError(`${where} must be one of ${names.join(", ")}, got ${got}`));
  });
});

describe("a second definition of a name is refused", () => {
  const cure = "which is built in; give the new definition another name";
  const second: readonly [string, () => unknown, string][] = [
    [
      "schedule",
      () => registerSchedule(defineSchedule({ name: "step", checks: {}, build: () => (base) => () => base })),
      'registerSchedule: name must be one that no other schedule has, got "step"; choose another',
    ],
    [
      "optimizer",
      () => registerOptimizer({ ...first(optimizerDefinitions()), name: "sgd" }),
      `registerOptimizer: name must be of no other optimizer, got "sgd", ${cure}`,
    ],
    [
      "model family",
      () => registerModelFamily({ ...first(modelFamilies()), name: "mine" }),
      `registerModelFamily: name must be of no other model, got "${Object.keys(first(modelFamilies()).models)[0]}", ${cure}`,
    ],
    [
      "task",
      () => registerTask({ ...first(taskDefinitions()) }),
      `registerTask: name must be of no other task, got "classification", ${cure}`,
    ],
    [
      "source",
      () => registerSource({ ...first(sources.definitions()) }),
      `registerSource: name must be of no other source, got "folder", ${cure}`,
    ],
    [
      "engine",
      () => registerEngine({ name: "wasm", load: () => createEngine("wasm") }),
      `registerEngine: name must be of no other engine, got "wasm", ${cure}`,
    ],
  ];

  test.each(second)("%s", (_, register, message) => {
    expect(register).toThrow(new RangeError(message));
    expect(listSchedules().map(({ name }) => name)).toEqual(schedulerNames());
  });
});

describe("before anything is opened", () => {
  const asked: readonly [Record<string, string>, string, readonly string[], string][] = [
    [{ task: "regresion" }, "--task", listTasks(), '"regresion"; did you mean "regression"?'],
    [{ model: "resnet-50" }, "--model", listModels(), '"resnet-50"; did you mean "resnet50"?'],
    [{ opt: "Admaw" }, "--opt", listOptimizers(), '"Admaw"; did you mean "adamw"?'],
    [{ sched: "stpe" }, "--sched", schedulerNames(), '"stpe"; did you mean "step"?'],
    [{ engine: "gpu" }, "--engine", ["auto", ...listEngines()], '"gpu"'],
  ];

  test.each(asked)("%j is a mistake in the flag", (wrong, flag, names, got) => {
    const args = resolveArguments(wrong as Partial<TrainArguments>);
    expect(() => checkNames(args, { ownModel: false })).toThrow(
      new UsageError(`train: ${flag} must be one of ${names.join(", ")}, got ${got}`),
    );
  });

  test("several are named in one error", () => {
    const wrong: Record<string, string> = { model: "resnet-50", opt: "Admaw", sched: "stpe" };
    const args = resolveArguments(wrong as Partial<TrainArguments>);
    expect(() => checkNames(args, { ownModel: false })).toThrow(
      /3 of the settings cannot be used:\n {2}--model must be .*"resnet50"\?\n {2}--opt must be .*"adamw"\?\n {2}--sched must be .*"step"\?$/,
    );
  });

  test("the name of a model counts for nothing beside one of the caller's own", () => {
    expect(() => checkNames(resolveArguments({ model: "mine" }), { ownModel: true })).not.toThrow();
  });
});

function first<T>(definitions: readonly T[]): T {
  const [definition] = definitions;
  if (definition === undefined) throw new Error("there must be a definition");
  return definition;
}
