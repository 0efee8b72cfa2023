/** Answers of a model as text for people. */
import type { Answer, Task } from "../task/task.ts";

/** Digits of a number that an output in float32 holds for sure. */
const DIGITS = 6;

/**
 * Answers in one line: probabilities with four decimals, numbers with six digits.
 *
 * @example
 * const task = createTask("regression", { outputNames: ["age", "height"] });
 * answerText(task, [{ label: "age", value: 31.25 }, { label: "height", value: 179.00000762939453 }]); // => "age 31.25, height 179"
 */
export function answerText({ answers }: Pick<Task, "answers">, said: readonly Answer[]): string {
  const kind = answers?.kind ?? "numbers";
  const text = (value: number) =>
    kind === "numbers" ? String(Number(value.toPrecision(DIGITS))) : value.toFixed(4);
  return said.map(({ label, value }) => `${label} ${text(value)}`).join(", ");
}
