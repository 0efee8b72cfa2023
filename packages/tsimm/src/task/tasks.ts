/** Every task by name: those that are built in, and those that users register. */
import { createRegistry, type Registry } from "../registry.ts";
import { classification } from "./classification.ts";
import type { Task, TaskContext, TaskDefinition } from "./task.ts";

const tasks: Registry<TaskDefinition> = createRegistry<TaskDefinition>("task", {
  builtIn: [classification],
  parameter: "task",
});

/**
 * Makes a kind of task known by its name: to `createTask`, to training, and to what reads checkpoints and exported
 * files.
 *
 * @throws RangeError if another kind has the name.
 */
export function registerTask(definition: TaskDefinition): void {
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

/**
 * Names of all kinds of tasks, as `--task` takes them.
 *
 * @example
 * listTasks(); // => ["classification"]
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
