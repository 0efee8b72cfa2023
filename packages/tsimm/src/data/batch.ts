/** What flows from the data pipeline into training. */

/** Decoded images and their labels. */
export interface Batch {
  /** Pixels, uint8 [B, H, W, C], 0 … 255. */
  readonly images: Uint8Array;
  /** Class ids, [B]. */
  readonly labels: Int32Array;
  /** Indices of the samples in the data set, [B]. */
  readonly indices: Int32Array;
  /** B. */
  readonly size: number;
  /** Seconds that the consumer waited for this batch. */
  readonly waited: number;
}

/** A source of batches. */
export interface Loader {
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
  /** Ends the decoding threads. */
  close(): Promise<void>;
}
