/** Answers of several models together. */
import type { Answer, Task } from "../task/task.ts";
import { printable } from "../text/printable.ts";
import type { Classifier } from "./classifier.ts";

/** Models that answer as one. */
export interface Ensemble<Source> {
  /** Of the first model; all have these outputs. */
  readonly task: Task;
  /**
   * Answers for an image: of one model its own; of several the means of their probabilities or numbers, or of their outputs.
   *
   * @param most - Answers at most; absent: the best class, the labels that hold, or all numbers.
   */
  predict(image: Source, most?: number): Promise<Answer[]>;
  /** The same with the outputs of the models in place of probabilities. */
  predictOutputs(image: Source, most?: number): Promise<Answer[]>;
}

/**
 * Makes one of several models with the same outputs.
 *
 * @param where - Command named in errors.
 * @param models - At least one.
 * @throws RangeError with both lists if their classes differ, or the tasks.
 */
export function ensembleOf<Source>(where: string, models: readonly Classifier<Source>[]): Ensemble<Source> {
  const [first, ...others] = models;
  if (first === undefined) throw new RangeError(`${where}: there must be at least one model, got none`);
  const { task } = first;
  for (const { task: other } of others) checkSame(where, task, other);
  const all = task.outputNames.length;
  return {
    task,
    async predict(image, most) {
      if (others.length === 0) return await first.predict(image, most);
      const said = await Promise.all(models.map((model) => model.predict(image, all)));
      return select(task, means(task, said.map(byLabel)), most);
    },
    async predictOutputs(image, most) {
      const outputs = await Promise.all(models.map((model) => model.outputs(image)));
      const values = outputs.map((row) => [...row]);
      return select(task, means(task, values), most, await this.predict(image, all));
    },
  };

  /** Values in the order of the outputs. */
  function byLabel(said: readonly Answer[]): number[] {
    const values = new Map(said.map(({ label, value }) => [label, value]));
    return task.outputNames.map((name) => values.get(name) ?? Number.NaN);
  }
}

function checkSame(where: string, task: Task, other: Task): void {
  const [names, others] = [task, other].map(({ outputNames }) => outputNames.join(", "));
  if (task.name === other.name && names === others) return;
  throw new RangeError(
    printable(
      `${where}: all models must have the outputs of the first, ${task.name} of [${names}], got ${other.name} of [${others}]`,
    ),
  );
}

function means({ outputNames }: Task, rows: readonly (readonly number[])[]): Answer[] {
  return outputNames.map((label, index) => ({
    label,
    value: rows.reduce((sum, row) => sum + (row[index] ?? Number.NaN), 0) / rows.length,
  }));
}

/** The answers asked for, by their own values; those that hold by the probabilities. */
function select(task: Task, values: readonly Answer[], most?: number, probabilities = values): Answer[] {
  const { answers = { kind: "numbers" } } = task;
  if (answers.kind === "numbers") return values.slice(0, most ?? values.length);
  const sorted = values.toSorted((a, b) => b.value - a.value);
  if (most !== undefined) return sorted.slice(0, most);
  if (answers.kind === "class") return sorted.slice(0, 1);
  const holding = new Set(
    probabilities.filter(({ value }) => value >= answers.threshold).map(({ label }) => label),
  );
  return sorted.filter(({ label }, place) => place === 0 || holding.has(label));
}
