/** The request for a run. */
import type { ClaimedFolder } from "../checkpoint/output-folder.ts";
import type { PretrainedConfig } from "../models/model.ts";
import type { TrainArguments } from "./arguments.ts";
import type { MessageQueue } from "./message-queue.ts";
import type { Releases } from "./releases.ts";
import type { Resume } from "./resume.ts";
import type { TrainOptions } from "./train.ts";

/** Arguments, options, log and resources of a run that is prepared. */
export interface RunRequest {
  /** Arguments that were given explicitly. */
  readonly given: Partial<TrainArguments>;
  readonly resume: Resume | null;
  readonly options: TrainOptions;
  readonly messages: MessageQueue;
  /** Collects the resources of the run. */
  readonly releases: Releases;
}

/** Claims the folder of a run. */
export type ClaimFolder = (args: TrainArguments, config: PretrainedConfig) => Promise<ClaimedFolder>;
