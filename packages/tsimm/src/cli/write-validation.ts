/** Files of a validation: results, confusion matrix, scores of each class. */
import { extname, join } from "node:path";
import { makeFolderOf, writeFileWhole } from "../files/write-file.ts";
import { metricText } from "../listeners/log-lines.ts";
import type { ModelValidation } from "../predict/validate-model.ts";
import type { ValidationRow } from "../predict/validation-row.ts";
import { CONFUSION_CLASSES } from "../report/answer-record.ts";
import type { Confusion } from "../task/confusion.ts";
import { type LabelCounts, labelScores } from "../task/label-scores.ts";
import type { Task } from "../task/task.ts";
import { csvText } from "../text/csv-text.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { ValidateOptions } from "./flags/validate-flags.ts";
import { info } from "./log-lines.ts";
import type { Validated } from "./show-validation.ts";

const CONFUSION_FORMATS = [".svg", ".png", ".csv"];
/** Classes that the log lists; of more, only the worst. */
const LISTED = 20;

type FileOptions = Pick<ValidateOptions, "confusion" | "output" | "resultsFile" | "resultsFormat">;

/**
 * Refuses names of files whose format is not known, before anything is computed.
 *
 * @throws UsageError
 */
export function checkValidationFiles({ confusion = [], resultsFile, resultsFormat }: FileOptions): void {
  for (const file of confusion) {
    if (CONFUSION_FORMATS.includes(extname(file).toLowerCase())) continue;
    throw new UsageError(
      printable(`validate: --confusion must end in ${CONFUSION_FORMATS.join(", ")}, got "${file}"`),
    );
  }
  if (resultsFile === undefined || resultsFormat !== undefined) return;
  if (formatOf(resultsFile) === null) {
    throw new UsageError(
      printable(
        `validate: --results-file must end in .csv or .json, got "${resultsFile}"; or pass --results-format`,
      ),
    );
  }
}

/**
 * Refuses flags that ask for what a task does not have.
 *
 * @throws UsageError
 */
export function checkValidationTask(
  { name, answers, outputNames }: Task,
  { confusion = [], metricsAvg }: Pick<ValidateOptions, "confusion" | "metricsAvg">,
): void {
  const kind = answers?.kind ?? "numbers";
  if (metricsAvg !== undefined && kind === "numbers") {
    throw new UsageError(
      `validate: --metrics-avg must be absent for the task ${name}, got "${metricsAvg}"; numbers have no precision`,
    );
  }
  if (confusion.length === 0) return;
  if (kind === "class" && outputNames.length > CONFUSION_CLASSES) {
    throw new UsageError(
      `validate: --confusion must be absent for more than ${CONFUSION_CLASSES} classes, got ${outputNames.length} classes`,
    );
  }
  if (kind === "class") return;
  throw new UsageError(
    printable(
      `validate: --confusion must be absent for the task ${name}, got ${confusion.join(" ")}; only classes that exclude each other are confused`,
    ),
  );
}

/** Writes the files that the flags ask for; confusion and scores are of the best model. */
export async function writeValidation(
  results: readonly Validated[],
  options: FileOptions,
  isList: boolean,
): Promise<void> {
  const { confusion = [], output, resultsFile, resultsFormat } = options;
  const rows = results.map(({ row }) => row);
  const files = new Map<string, string | Uint8Array>();
  if (resultsFile !== undefined) {
    files.set(resultsFile, resultsText(rows, resultsFormat ?? formatOf(resultsFile) ?? "csv", isList));
  }
  const [best] = results;
  const matrix = best?.validation.confusion ?? null;
  const figures = output === undefined ? [] : CONFUSION_FORMATS.map((end) => join(output, `confusion${end}`));
  if (matrix !== null) {
    for (const file of [...confusion, ...figures]) files.set(file, await confusionContent(matrix, file));
  }
  if (output !== undefined && best !== undefined) {
    files.set(join(output, "results.json"), resultsText(rows, "json", isList));
    const table = scoresTable(best.validation, best.task);
    if (table !== null) files.set(join(output, "per-class.csv"), table);
  }
  for (const [file, content] of files) {
    await makeFolderOf(file);
    await writeFileWhole(file, content);
  }
  if (files.size > 0) info(`Wrote ${[...files.keys()].join(", ")}`);
}

function formatOf(file: string): "csv" | "json" | null {
  const ending = extname(file).toLowerCase();
  return ending === ".csv" ? "csv" : ending === ".json" ? "json" : null;
}

function resultsText(rows: readonly ValidationRow[], format: "csv" | "json", isList: boolean): string {
  if (format === "json") return `${JSON.stringify(isList ? rows : rows[0], null, 4)}\n`;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return csvText([columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))]);
}

async function confusionContent(confusion: Confusion, file: string): Promise<string | Uint8Array> {
  const ending = extname(file).toLowerCase();
  if (ending === ".csv") return confusionCsv(confusion);
  const { confusionToSvg } = await import("../plot/confusion-to-svg.ts");
  const svg = confusionToSvg(confusion);
  if (ending === ".svg") return svg;
  const { svgToPng } = await import("../plot/svg-to-png.ts");
  return await svgToPng(svg);
}

/** A row for each class, a column for each answer. */
function confusionCsv({ classNames, counts }: Confusion): string {
  const size = classNames.length;
  return csvText([
    ["true \\ predicted", ...classNames],
    ...classNames.map((name, row) => [name, ...counts.subarray(row * size, (row + 1) * size)]),
  ]);
}

/** Metric and scores of each class or output; null where there is neither. */
function scoresTable({ byOutput, counts }: ModelValidation, { outputMetric }: Task): string | null {
  const values = new Map(byOutput.map(({ label, images, value }) => [label, { images, value }]));
  const rows: readonly Pick<LabelCounts, "label">[] = counts ?? byOutput;
  if (rows.length === 0) return null;
  const scores = counts === null ? [] : ["predicted", "precision", "recall", "f1"];
  const header = ["name", "images", ...(outputMetric === null ? [] : [outputMetric.name]), ...scores];
  const scored = new Map(counts?.map((one) => [one.label, one]));
  return csvText([
    header,
    ...rows.map(({ label }) => {
      const [own, count] = [values.get(label), scored.get(label)];
      const metric = outputMetric === null ? [] : [own?.value ?? ""];
      const images = own?.images ?? count?.images ?? 0;
      if (count === undefined) return [label, images, ...metric];
      const { precision, recall, f1 } = labelScores(count);
      return [label, images, ...metric, count.predicted, precision, recall, f1];
    }),
  ]);
}

/** A table of the classes or outputs for people. */
export function perClassLines({ byOutput }: ModelValidation, { outputMetric }: Task): string[] {
  if (outputMetric === null || byOutput.length === 0) return [];
  const sign = outputMetric.better === "higher" ? 1 : -1;
  const worst = byOutput.toSorted((a, b) => sign * (a.value - b.value)).slice(0, LISTED);
  const listed = byOutput.length <= LISTED ? byOutput : worst;
  const which = listed.length < byOutput.length ? `, the worst ${LISTED} of ${byOutput.length}` : "";
  const width = Math.max(...listed.map(({ label }) => printable(label).length));
  const title = outputMetric.panel.charAt(0).toUpperCase() + outputMetric.panel.slice(1);
  return [
    `${title}${which}:`,
    ...listed.map(({ label, images, value }) => {
      const count = `${images} ${images === 1 ? "image" : "images"}`;
      return `\t${printable(label).padEnd(width)}  ${metricText(value, outputMetric)} (${count})`;
    }),
  ];
}
