/** Results of a validation, as timm's validate.py gives them. */
import type { PretrainedConfig } from "../models/model.ts";
import { averageScores, type ScoreAverage } from "../task/label-scores.ts";
import type { Task } from "../task/task.ts";
import type { TrainedModel } from "./trained-model.ts";
import type { ModelValidation } from "./validate-model.ts";

/** Values of a result by timm's names. */
export type ValidationRow = Readonly<Record<string, string | number>>;

/** Parts of {@link validationRow}. */
export interface ValidationRowParts {
  readonly trained: TrainedModel;
  readonly task: Task;
  readonly dataConfig: PretrainedConfig;
  readonly validation: ModelValidation;
  /** Average of precision, recall and F1; absent: none of these. */
  readonly average?: ScoreAverage | undefined;
  /** Name of the file, where there are several. */
  readonly checkpoint?: string | undefined;
}

/**
 * A row of results: of a classification `top1`, `top1_err`, `top5`, `top5_err` in percent, of another task its metrics, the
 * loss first; then averaged scores, millions of parameters and preprocessing.
 */
export function validationRow(parts: ValidationRowParts): ValidationRow {
  const { trained, task, dataConfig, validation, average, checkpoint } = parts;
  const { metrics, counts } = validation;
  const { top1, top5 } = metrics;
  const values =
    top1 !== undefined && top5 !== undefined
      ? { top1, top1_err: errorOf(top1), top5, top5_err: errorOf(top5) }
      : Object.fromEntries(task.metrics.map(({ name }) => [name, metrics[name] ?? Number.NaN]));
  const { precision, recall, f1 } = averageScores(counts ?? [], average ?? "macro");
  return {
    model: trained.architecture,
    ...values,
    ...(average === undefined
      ? {}
      : {
          [`${average}_precision`]: rounded(precision),
          [`${average}_recall`]: rounded(recall),
          [`${average}_f1_score`]: rounded(f1),
        }),
    param_count: Math.round(trained.parameterCount / 1e4) / 100,
    img_size: dataConfig.inputSize[2],
    crop_pct: dataConfig.cropPct,
    interpolation: dataConfig.interpolation,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

/**
 * timm's line of a result, e.g. ` * Acc@1 80.000 (20.000) Acc@5 100.000 (0.000)`; of another task its metrics.
 *
 * @param row - From {@link validationRow}.
 */
export function validationLine(
  row: ValidationRow,
  { task, average }: Pick<ValidationRowParts, "task" | "average">,
): string {
  const number = (name: string) => Number(row[name]).toFixed(3);
  const main =
    row["top1"] === undefined
      ? task.metrics
          .map(({ name, label, unit }) => `${label} ${number(name)}${unit === "" ? "" : ` ${unit}`}`)
          .join("  ")
      : `Acc@1 ${number("top1")} (${number("top1_err")}) Acc@5 ${number("top5")} (${number("top5_err")})`;
  if (average === undefined) return ` * ${main}`;
  const score = (name: string) => number(`${average}_${name}`);
  return ` * ${main} | Precision(${average}) ${score("precision")} | Recall(${average}) ${score("recall")} | F1-score(${average}) ${score("f1_score")}`;
}

/** 100 - 99.9 is 0.09999999999999432. */
function errorOf(accuracy: number): number {
  return Number((100 - accuracy).toFixed(10));
}

/** timm rounds to four decimals. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
