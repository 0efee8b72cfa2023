/** What a run is asked for with. */
import type { ClaimedFolder } from "../checkpoint/output-folder.ts";
import type { PretrainedConfig } from "../models/model.ts";
import type { TrainArguments } from "./arguments.ts";
import type { MessageQueue } from "./message-queue.ts";
import type { Releases } from "./releases.ts";
import type { Resume } from "./resume.ts";
import type { TrainOptions } from "./train.ts";

/** What a run is prepared from. */
export interface RunRequest {
  /** What was given explicitly. */
  readonly given: Partial<TrainArguments>;
  readonly resume: Resume | null;
  readonly options: TrainOptions;
  readonly messages: MessageQueue;
  /** Takes what the run holds. */
  readonly releases: Releases;
}

/** Folder and lock of a run. */
export type ClaimFolder = (args: TrainArguments, config: PretrainedConfig) => Promise<ClaimedFolder>;
