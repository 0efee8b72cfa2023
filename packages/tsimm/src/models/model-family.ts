/** What a family of models gives to the registry. */
import type { Architecture } from "./architecture.ts";
import type { GlobalPool } from "./layers/classifier.ts";

/** Options that every architecture is made with; one that has no use for an option ignores it. */
export interface ArchitectureOptions {
  /** Channels of the images, an integer >= 1. */
  readonly inChans: number;
  /** Side of the square images in pixels, for architectures whose tensors depend on it; null: their own. */
  readonly imgSize: number | null;
  /** Drop-path rate of the last block, in [0, 1); the first has 0. */
  readonly dropPathRate: number;
  /** How features become one vector per image; null: as the architecture does it. */
  readonly globalPool: GlobalPool | null;
  /** The last normalization of each residual block starts at weight 0, so that each block starts as the identity. */
  readonly zeroInitLast: boolean;
}

/** Architectures by model name. */
export type ModelFamily = ReadonlyMap<string, (options: ArchitectureOptions) => Architecture>;
