/** The batch of one process, so that all processes together make the updates of the run. */

/** Batches of a run under several processes. */
export interface BatchPlan {
  /** Images in a batch of one process. */
  readonly batchSize: number;
  /** Batches of a process in an update. */
  readonly gradAccumSteps: number;
  /** Images in an update, of all processes. */
  readonly images: number;
}

/** Options of {@link planBatch}. */
export interface BatchPlanOptions {
  readonly batchSize: number;
  readonly gradAccumSteps: number;
  /** Processes, >= 1. */
  readonly processes: number;
  /** Whether timm takes batches of an even number of images only, as with mixup and CutMix. */
  readonly even: boolean;
}

/**
 * Divides the images of an update among processes: the same accumulation if that works out, else another one, else the
 * nearest number of images.
 *
 * @example
 * planBatch({ batchSize: 128, gradAccumSteps: 1, processes: 8, even: false });
 * // => { batchSize: 16, gradAccumSteps: 1, images: 128 }
 */
export function planBatch({ batchSize, gradAccumSteps, processes, even }: BatchPlanOptions): BatchPlan {
  const images = batchSize * gradAccumSteps;
  const own = images / processes;
  const exact = [gradAccumSteps, ...Array.from({ length: images }, (_, index) => index + 1)].find((steps) => {
    const size = own / steps;
    // No more images at a time than one process had.
    return Number.isInteger(size) && size <= batchSize && (!even || size % 2 === 0);
  });
  if (exact !== undefined) return { batchSize: own / exact, gradAccumSteps: exact, images };
  const unit = even ? 2 : 1;
  const nearest = (steps: number) => Math.max(unit, unit * Math.round(own / steps / unit));
  // With fewer images than an update has processes, accumulation makes it worse.
  const steps = own / gradAccumSteps < unit ? 1 : gradAccumSteps;
  const size = nearest(steps);
  return { batchSize: size, gradAccumSteps: steps, images: size * steps * processes };
}
