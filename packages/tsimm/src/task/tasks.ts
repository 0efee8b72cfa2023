/** Every task by name: those that are built in, and those that users register. */
import { checkIsDefinition, createRegistry, type Registry } from "../registry.ts";
import { classification } from "./classification.ts";
import { multiLabel } from "./multi-label.ts";
import { regression } from "./regression.ts";
import type { Task, TaskContext, TaskDefinition } from "./task.ts";

const tasks: Registry<TaskDefinition> = createRegistry<TaskDefinition>("task", {
  builtIn: [classification, multiLabel, regression],
  parameter: "task",
});

/**
 * Makes a kind of task known by its name: to {@link createTask}, to training, and to what reads checkpoints and
 * exported files.
 *
 * @throws RangeError if another kind has the name.
 * @example
 * // A direction in degrees, which a model gives as cosine and sine, so that 359 is near to 1.
 * const vectors = (labels) =>
 *   Float32Array.from({ length: 2 * labels.length }, (_, i) => {
 *     const angle = (labels[i >> 1] * Math.PI) / 180;
 *     return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
 *   });
 * const degrees = ([cos, sin]) => (Math.atan2(sin, cos) * 180) / Math.PI;
 * const error = { name: "degrees", label: "error", unit: "", better: "lower", best: 0, panel: "error (degrees)" };
 * registerTask(defineTask({
 *   name: "direction",
 *   create() {
 *     const unitVector = createTask("regression", { outputNames: ["cos", "sin"] });
 *     const off = (output, label) => Math.abs(((degrees(output) - label + 540) % 360) - 180);
 *     const loss = (output, label) => unitVector.createMeter().add(output, vectors(label)).loss;
 *     return {
 *       ...unitVector,
 *       name: "direction",
 *       metrics: [unitVector.metrics[0], error],
 *       metric: "degrees",
 *       outputMetric: null,
 *       targets: (labels, mixed) =>
 *         unitVector.targets(vectors(labels), mixed && { ...mixed, labels: vectors(mixed.labels) }),
 *       createMeter: () =>
 *         meanMeter({ outputs: 2 }, (output, [label]) => ({
 *           loss: loss(output, [label]),
 *           degrees: off(output, label),
 *         })),
 *       describe: (output) => [{ label: "direction", value: degrees(output) }],
 *     };
 *   },
 * }));
 * const task = createTask("direction", { outputNames: ["direction"] });
 * task.targets(Int32Array.of(180, 0)); // => Float32Array [-1, 1.2246468525851679e-16, 1, 0]
 * task.describe(Float32Array.of(0, 2), 1); // => [{ label: "direction", value: 90 }]
 * task.createMeter().add(Float32Array.of(1, 0), Int32Array.of(350)).degrees; // => 10
 */
export function registerTask(definition: TaskDefinition): void {
  checkIsDefinition("registerTask", definition);
  const { name, create } = definition;
  if (typeof create !== "function") {
    throw new TypeError(
      `registerTask: create of ${JSON.stringify(name)} must be a function, got ${JSON.stringify(create)}`,
    );
  }
  tasks.register(definition);
}

/**
 * The kind of task of a name.
 *
 * @param where - Function that is named in the error.
 * @throws RangeError that lists the names if there is none.
 */
export function findTask(where: string, name: string): TaskDefinition {
  return tasks.find(where, name);
}

/** All kinds of tasks, in the order of registration. */
export function taskDefinitions(): TaskDefinition[] {
  return tasks.definitions();
}

/**
 * Names of all kinds of tasks, as `--task` takes them.
 *
 * @example
 * listTasks().slice(0, 3); // => ["classification", "multi-label", "regression"]
 */
export function listTasks(): string[] {
  return tasks.names();
}

/**
 * Makes a task.
 *
 * @param name - One of {@link listTasks}.
 * @param context - Names of the outputs, and labels of the training images.
 * @param options - Options of that kind of task; what is absent has its default.
 * @throws RangeError for an unknown name or option, a value out of range, or labels that do not fit.
 * @example
 * const task = createTask("classification", { outputNames: ["cat", "dog"] }, { smoothing: 0.1 });
 * task.metric; // => "top1"
 * task.describe(new Float32Array([0, 2]), 1)[0].label; // => "dog"
 */
export function createTask(name: string, context: TaskContext, options: object = {}): Task {
  return findTask("createTask", name).create(context, options);
}
