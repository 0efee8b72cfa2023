/** Contents of a run's report, as plain data. */
import type { RunState } from "../checkpoint/run-state.ts";
import type { Metric, Task } from "../task/task.ts";
import type { EpochRow } from "../train/events.ts";
import type { AnswerRecord } from "./answer-record.ts";

/** A setting of a run. */
export interface ReportSetting {
  /** Flag, e.g. `--lr`. */
  readonly flag: string;
  /** Value as it is typed. */
  readonly value: string;
  /** Whether it is the default. */
  readonly isDefault: boolean;
}

/** An image that the model answers wrongly, for people. */
export interface ReportMistake {
  /** End of its path. */
  readonly name: string;
  /** `data:` address; null: the image cannot be read. */
  readonly picture: string | null;
  /** What holds. */
  readonly holds: string;
  /** What the model says. */
  readonly said: string;
}

/** Epochs of a run, as every report has them. */
export interface ReportedEpochs {
  /** Ascending. */
  readonly history: readonly EpochRow[];
  /** The best epoch, from 0; null: none was ranked. */
  readonly bestEpoch: number | null;
  /** Epochs that are done. */
  readonly done: number;
  /** Metrics of a validation, `loss` first. */
  readonly metrics: readonly Metric[];
  /** Name of the metric that epochs are ranked by. */
  readonly rankedBy: string;
}

/** Contents of a report. */
export interface Report {
  /** Title. */
  readonly name: string;
  /** Tells the states of a run apart, a SHA-256. */
  readonly identity: string;
  /** State of the run when it ended. */
  readonly state: RunState;
  readonly task: Task;
  /** Answers of the best weights to the validation images; null: there are none. */
  readonly answers: Omit<AnswerRecord, "mistakes"> | null;
  readonly mistakes: readonly ReportMistake[];
  /** SVG documents; null: there is no such figure. */
  readonly figures: { readonly curves: string | null; readonly schedule: string | null };
  readonly settings: readonly ReportSetting[];
  /** Names of the files beside it. */
  readonly files: readonly string[];
}
