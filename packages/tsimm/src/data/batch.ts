/** Batches of images, and the loaders that yield them. */
import type { Labels } from "../task/labels.ts";

/** Decoded images and their labels. */
export interface Batch {
  /** Pixels, uint8 [B, H, W, C], 0 … 255; or normalised, float32 [B, C, H, W]. */
  readonly images: Uint8Array | Float32Array;
  /** Class ids, int32 [B], or one number per output, float32 [B, outputs]. */
  readonly labels: Labels;
  /** B. */
  readonly size: number;
  /** Indices of the samples in the data set, [B]; absent: not known. */
  readonly indices?: Int32Array;
  /** Seconds that the consumer waited for this batch; absent: not measured. */
  readonly waited?: number;
}

/** A source of batches. */
export interface Loader {
  /** Images in a batch; the last one of an evaluation may have fewer. */
  readonly batchSize: number;
  /** [C, H, W] of the images. */
  readonly inputSize: readonly [number, number, number];
  /** Content of batches: pixels, or normalised values; absent: pixels. */
  readonly input?: "uint8" | "float32";
  /** Batches in one pass; in evaluation fewer come if none of the images of one can be read. */
  readonly length: number;
  /** Images in one pass, with those that cannot be read. */
  readonly samples: number;
  /**
   * One pass over the data.
   *
   * @param epoch - Chooses order and augmentation; the same epoch gives the same bytes.
   * @param firstBatch - Batches to leave out at the start (continuing in mid-epoch).
   */
  batches(epoch: number, firstBatch?: number): AsyncIterable<Batch>;
  /** Ends the decoding threads; absent: there is nothing to end. */
  close?(): Promise<void>;
}

/** A batch that a {@link DatasetLoader} has decoded. */
export interface DecodedBatch extends Batch {
  /** uint8 [B, H, W, C]. */
  readonly images: Uint8Array;
  readonly indices: Int32Array;
  readonly waited: number;
}

/** A loader on a data set. */
export interface DatasetLoader extends Loader {
  batches(epoch: number, firstBatch?: number): AsyncIterable<DecodedBatch>;
  /**
   * Decodes samples, each as the transform of an epoch makes it; unreadable ones as in `batches`.
   *
   * @param indices - Of samples in the data set.
   */
  read(indices: Uint32Array, epoch: number): Promise<Omit<DecodedBatch, "waited">>;
  close(): Promise<void>;
}
