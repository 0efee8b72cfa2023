/** Images of a run: pixels and classes, split for training and validation. */

/** Pixels and classes. */
export interface LabelledPixels {
  /** uint8 [N, side, side, channels]. */
  readonly pixels: Uint8Array;
  /** Class ids, [N]. */
  readonly labels: readonly number[];
}

/** Everything that a run learns from and is measured by. */
export interface TrainingImages {
  readonly classNames: readonly string[];
  /** Height and width in pixels. */
  readonly side: number;
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  readonly train: LabelledPixels;
  readonly validation: LabelledPixels;
}

/** Pixels of an image of a set. */
export function pixelsOf({ pixels, labels }: LabelledPixels, index: number): Uint8Array {
  const length = pixels.length / labels.length;
  return pixels.subarray(index * length, (index + 1) * length);
}
