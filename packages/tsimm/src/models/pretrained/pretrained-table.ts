/** timm's table of pretrained weights, in short: what is not said is 224 pixels, bicubic, 0.875, centre, ImageNet. */

/** Weights of one tag. */
export interface PretrainedEntry {
  /** Side of the input in pixels. */
  readonly size?: number;
  readonly crop?: number;
  /** Side of the input of an evaluation. */
  readonly testSize?: number;
  readonly testCrop?: number;
  readonly interpolation?: "bilinear";
  readonly mode?: "squash";
  /** Mean and standard deviation: 0.5 each, those of CLIP, or none. */
  readonly norm?: "half" | "clip" | "none";
  /** Classes; 0: no classifier. */
  readonly classes?: number;
  /** The model takes images of one size only. */
  readonly fixed?: boolean;
  /** Repository; absent: `timm/<model>.<tag>`; null: there is none. */
  readonly hub?: string | null;
  /** Address of weights that no repository has. */
  readonly url?: string;
}

/** Entries by tag, the default first, by model. */
export type PretrainedTable = Readonly<Record<string, Readonly<Record<string, PretrainedEntry>>>>;
