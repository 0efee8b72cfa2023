/** The flags of `tsimm predict` for tables of answers. */
import { type AnswerFormat, answerFormats } from "../../predict/answer-table.ts";
import type { CommandFlag } from "../flag-options.ts";

/** What `tsimm predict` is told of tables; what is absent was not given. */
export interface AnswerTableFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly resultsDir?: string;
  readonly resultsFile?: string;
  readonly resultsFormat?: readonly AnswerFormat[];
  readonly outputType?: "prob" | "logit";
  readonly labelType?: "name" | "description" | "detailed" | "none";
  readonly includeIndex?: boolean;
  readonly fullname?: boolean;
  readonly resultsSeparateCol?: boolean;
}

const GROUP = "Tables";

/** The flags of `tsimm predict` for tables of answers. */
export const predictFlags: Readonly<Record<keyof AnswerTableFlags, CommandFlag>> = {
  json: { type: "flag", default: false, group: GROUP, help: "print one JSON object by file name in place of lines" },
  csv: { type: "flag", default: false, group: GROUP, help: "print a CSV with columns filename, label and prob in place of lines" },
  resultsDir: { type: "string", default: null, group: GROUP, help: "folder for a file <model>-<size> of the answers" },
  resultsFile: { type: "string", default: null, group: GROUP, help: "name of that file, without ending" },
  resultsFormat: { type: "strings", default: null, choices: answerFormats, group: GROUP, help: "formats of that file (default: csv)" },
  outputType: { type: "string", default: null, choices: ["prob", "logit"], group: GROUP, help: "values of the answers: probabilities, or outputs of the model" },
  labelType: { type: "string", default: null, choices: ["name", "description", "detailed", "none"], group: GROUP, help: "labels in tables: names of the checkpoint's classes, or none" },
  includeIndex: { type: "flag", default: false, group: GROUP, help: "add a column with the index of the class" },
  fullname: { type: "flag", default: false, group: GROUP, help: "path of the image in tables, not only its name" },
  resultsSeparateCol: { type: "flag", default: false, group: GROUP, help: "a column for each of several answers, not lists" },
};
