/** Which of a task's answers are said. */
import type { Answer, Task } from "../task/task.ts";

/**
 * The answers to an output of a model.
 *
 * @param output - float32 [outputs].
 * @param most - Answers at most; absent: the best class, the labels that hold (at least the best one), or all numbers.
 * @example
 * const task = createTask("multi-label", { outputNames: ["indoor", "people", "night"] });
 * const said = (output, most) => saidAnswers(task, Float32Array.from(output), most).map(({ label }) => label);
 * said([3, 1, -2]); // => ["indoor", "people"]
 * said([-3, -1, -2]); // => ["people"]
 * said([3, 1, -2], 1); // => ["indoor"]
 */
export function saidAnswers(task: Task, output: Float32Array, most?: number): Answer[] {
  if (most !== undefined) return task.describe(output, most);
  const { answers = { kind: "numbers" } } = task;
  if (answers.kind === "class") return task.describe(output, 1);
  const all = task.describe(output, Number.POSITIVE_INFINITY);
  if (answers.kind === "numbers") return all;
  return all.filter(({ value }, place) => place === 0 || value >= answers.threshold);
}
