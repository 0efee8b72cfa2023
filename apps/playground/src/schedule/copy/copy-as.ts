/** The schedules of the playground as code, commands and files. */
import type { PlaygroundState } from "../settings.ts";
import { type CopiedSchedule, copiedSchedule } from "./copied-schedule.ts";
import { timmTrainText, trainText } from "./flags.ts";
import { csvText, jsonText } from "./rate-files.ts";
import { timmPythonText } from "./timm-python.ts";
import { typescriptText } from "./typescript.ts";

/** Form of a copy. */
export type CopyFormat = "typescript" | "flags" | "timm-python" | "timm-train" | "json" | "csv";

/** A form of copies, as one chooses it. */
export interface CopyFormatChoice {
  readonly format: CopyFormat;
  readonly label: string;
  /** Language of the text, for highlighting. */
  readonly language: "ts" | "sh" | "python" | "json" | "csv";
  /** Name of a file for it. */
  readonly file: string;
}

/** All forms, in the order in which they are offered. */
export const copyFormats: readonly CopyFormatChoice[] = [
  { format: "typescript", label: "TypeScript", language: "ts", file: "schedule.ts" },
  { format: "timm-python", label: "Python, timm", language: "python", file: "schedule.py" },
  { format: "flags", label: "tsimm train", language: "sh", file: "train.sh" },
  { format: "timm-train", label: "timm train.py", language: "sh", file: "train-timm.sh" },
  { format: "json", label: "JSON", language: "json", file: "schedule.json" },
  { format: "csv", label: "CSV", language: "csv", file: "schedule.csv" },
];

/** A copy. */
export interface Copy {
  readonly language: CopyFormatChoice["language"];
  readonly text: string;
}

const ofCurve = {
  typescript: typescriptText,
  flags: trainText,
  "timm-python": timmPythonText,
  "timm-train": timmTrainText,
} as const satisfies Record<string, (schedule: CopiedSchedule) => string>;

const ofAll = { json: jsonText, csv: csvText } as const;

/**
 * Writes the selected curve as code or a command, or the rates of all curves as a file. It throws nothing: what describes
 * no schedule gives the reason, in a comment.
 *
 * @param state - JSON and CSV have the rate of every t.
 */
export function copyAs(format: CopyFormat, state: PlaygroundState): Copy {
  const language = copyFormats.find((choice) => choice.format === format)?.language ?? "ts";
  try {
    return { language, text: textOf(format, state) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { language, text: asComment(language, reason) };
  }
}

function textOf(format: CopyFormat, state: PlaygroundState): string {
  if (format === "json" || format === "csv") return ofAll[format](state);
  const settings = state.curves[state.selected] ?? state.curves[0];
  if (settings === undefined)
    throw new RangeError("copyAs: state.curves must have at least one curve, got none");
  return ofCurve[format](copiedSchedule(settings, state.updatesPerEpoch));
}

function asComment(language: Copy["language"], reason: string): string {
  if (language === "json") return `${JSON.stringify({ error: reason })}\n`;
  const mark = language === "ts" ? "//" : "#";
  return `${reason
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => `${mark} ${line.trim()}`)
    .join("\n")}\n`;
}
