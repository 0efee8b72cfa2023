/** Definitions of every kind that are none. */
import { expect, test } from "vitest";
import { registerSource } from "./data/sources/sources.ts";
import { registerModelFamily } from "./models/registry.ts";
import { registerOptimizer } from "./optim/optimizers.ts";
import { registerEngine } from "./runtime/create-engine.ts";
import { createTask, registerTask } from "./task/tasks.ts";

const register = {
  registerModelFamily: (json: string) => registerModelFamily(JSON.parse(json)),
  registerOptimizer: (json: string) => registerOptimizer(JSON.parse(json)),
  registerEngine: (json: string) => registerEngine(JSON.parse(json)),
  registerSource: (json: string) => registerSource(JSON.parse(json)),
  registerTask: (json: string) => registerTask(JSON.parse(json)),
};
const got = "definition must be an object with a name, got null";

test.each([
  ["registerModelFamily", null, `defineModelFamily: ${got}`],
  ["registerOptimizer", null, `defineOptimizer: ${got}`],
  ["registerEngine", null, `defineEngine: ${got}`],
  ["registerSource", null, `defineSource: ${got}`],
  ["registerTask", null, `registerTask: ${got}`],
  [
    "registerModelFamily",
    { name: "empty" },
    'defineModelFamily: models of "empty" must be an object of configurations by name, got undefined',
  ],
  [
    "registerModelFamily",
    { name: "empty", models: { empty1: {} } },
    'defineModelFamily: create of "empty" must be a function, got undefined',
  ],
  ["registerEngine", { name: "empty" }, 'defineEngine: load of "empty" must be a function, got undefined'],
  [
    "registerSource",
    { name: "empty" },
    'defineSource: recognises of "empty" must be a function, got undefined',
  ],
  ["registerTask", { name: "empty" }, 'registerTask: create of "empty" must be a function, got undefined'],
] as const)("%s of %j is refused", (name, definition, message) => {
  expect(() => register[name](JSON.stringify(definition))).toThrow(new TypeError(message));
});

test.each(["classification", "multi-label", "regression"])("%s refuses labels in a list", (name) => {
  const task = createTask(name, { outputNames: ["a", "b"] });
  expect(() => task.targets(JSON.parse("[0, 1]"))).toThrow(
    new TypeError(
      `${name}: labels must be an Int32Array or a Float32Array, got Array; convert them by batchLabels`,
    ),
  );
});
