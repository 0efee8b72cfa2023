/** Checks what every task has to hold to. */
import { checkIsDefinition } from "../registry.ts";
import type { Task, TaskContext, TaskDefinition } from "./task.ts";

/**
 * A kind of task whose tasks are checked when they are made: that there are outputs, that `loss` is the first of the
 * metrics, and that epochs are ranked by one of them.
 *
 * @throws RangeError if the name is not of lower-case letters, digits and hyphens; on creation, if a task breaks a rule.
 * @example
 * const clipped = defineTask({
 *   name: "clipped-regression",
 *   create: (context) => ({ ...createTask("regression", context), name: "clipped-regression" }),
 * });
 * clipped.create({ outputNames: ["age"] }).metric; // => "mae"
 */
export function defineTask<Options extends object>(
  definition: TaskDefinition<Options>,
): TaskDefinition<Options> {
  checkIsDefinition("defineTask", definition);
  const { name } = definition;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new RangeError(
      `defineTask: name must be lower-case letters, digits and hyphens, got ${JSON.stringify(name)}`,
    );
  }
  return {
    ...definition,
    create(context, options = {}) {
      checkContext(name, context);
      const task = definition.create(context, options);
      checkTask(name, task);
      return task;
    },
  };
}

function checkContext(name: string, { outputNames }: TaskContext): void {
  const fits = Array.isArray(outputNames) && outputNames.every((output) => typeof output === "string");
  if (fits && outputNames.length > 0) return;
  throw new RangeError(
    `${name}: outputNames must be the names of the classes or outputs, got ${JSON.stringify(outputNames)}`,
  );
}

function checkTask(name: string, task: Task): void {
  if (task.name !== name) {
    throw new RangeError(`${name}: name must be "${name}" in the task too, got ${JSON.stringify(task.name)}`);
  }
  const names = task.metrics.map((metric) => metric.name);
  if (names[0] !== "loss") {
    throw new RangeError(`${name}: metrics must begin with loss, got ${names.join(", ") || "none"}`);
  }
  for (const [index, metric] of names.entries()) {
    if (!/^[a-z][a-z0-9]*$/.test(metric)) {
      throw new RangeError(
        `${name}: names of metrics must be lower-case letters and digits, got ${JSON.stringify(metric)}`,
      );
    }
    if (names.indexOf(metric) !== index) {
      throw new RangeError(`${name}: names of metrics must differ, got "${metric}" twice`);
    }
  }
  if (!names.includes(task.metric)) {
    throw new RangeError(`${name}: metric must be one of ${names.join(", ")}, got "${task.metric}"`);
  }
}
