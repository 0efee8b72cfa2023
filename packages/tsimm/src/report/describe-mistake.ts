/** Mistakes of a model in words. */
import { largest } from "../task/confusion.ts";
import { softmax } from "../task/logits.ts";
import type { Task } from "../task/task.ts";
import type { Mistake } from "./answer-record.ts";

/** What holds, and what the model says. */
export interface MistakeText {
  readonly holds: string;
  readonly said: string;
}

/** Labels or numbers that are told; more would hide the picture. */
const MOST = 4;

/**
 * A mistake in words.
 *
 * @example
 * const task = classification.create({ outputNames: ["cat", "dog"] });
 * const mistake = { index: 0, score: 0.88, output: Float32Array.of(0, 2), label: 0 };
 * describeMistake(task, mistake); // => { holds: "cat", said: "dog 88.1 %" }
 */
export function describeMistake(
  task: Task,
  { output, label }: Pick<Mistake, "output" | "label">,
): MistakeText {
  const { answers, outputNames } = task;
  const name = (index: number) => outputNames[index] ?? String(index);
  if (answers?.kind === "class") {
    const said = largest(output);
    const holds = name(typeof label === "number" ? label : largest(label));
    return { holds, said: `${name(said)} ${percent(softmax(output)[said] ?? 0)}` };
  }
  const values = typeof label === "number" ? Float32Array.of(label) : label;
  const all = task.describe(output, Number.POSITIVE_INFINITY);
  if (answers?.kind === "labels") {
    const holding = outputNames.filter((_, index) => (values[index] ?? 0) >= 0.5);
    const said = all.filter(({ value }) => value >= answers.threshold);
    return {
      holds: listed(holding, "no label"),
      said: listed(
        said.map((one) => `${one.label} ${percent(one.value)}`),
        `nothing; ${all[0]?.label ?? ""} ${percent(all[0]?.value ?? 0)}`,
      ),
    };
  }
  return {
    holds: listed(
      outputNames.map((one, index) => `${one} ${digits(values[index] ?? Number.NaN)}`),
      "",
    ),
    said: listed(
      all.map((one) => `${one.label} ${digits(one.value)}`),
      "",
    ),
  };
}

function listed(texts: readonly string[], none: string): string {
  if (texts.length === 0) return none;
  const rest = texts.length - MOST;
  return texts.slice(0, MOST).join(", ") + (rest > 0 ? `, … ${rest} more` : "");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
