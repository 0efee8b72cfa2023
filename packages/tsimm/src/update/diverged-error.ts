/** The error of a training that has diverged. */

/** Position of an update in a run. */
export interface UpdatePosition {
  /** From 0. */
  readonly epoch: number;
  /** Updates made before. */
  readonly update: number;
  /** Mean learning rate over the groups. */
  readonly lr: number;
}

/**
 * The loss or a gradient of an update is not finite; the update was not made.
 *
 * @example
 * const error = new DivergedError(NaN, Infinity, { epoch: 1, update: 24, lr: 8 });
 * error.position; // => { epoch: 1, update: 24, lr: 8 }
 * error.message;
 * // => "fit: the loss must be finite, got loss NaN and gradient norm Infinity at update 24 (epoch 1, learning rate 8); lower the learning rate, lengthen the warm-up or clip the gradients"
 */
export class DivergedError extends RangeError {
  readonly loss: number;
  readonly gradNorm: number;
  /** Position in the run; null outside of one. */
  readonly position: UpdatePosition | null;

  /**
   * @param loss - Of the update.
   * @param gradNorm - Norm of all gradients together.
   * @param position - Where in a run.
   */
  constructor(loss: number, gradNorm: number, position: UpdatePosition | null = null) {
    super(DivergedError.text(loss, gradNorm, position));
    this.name = "DivergedError";
    this.loss = loss;
    this.gradNorm = gradNorm;
    this.position = position;
  }

  private static text(loss: number, gradNorm: number, position: UpdatePosition | null): string {
    const where = position === null ? "Updater.update" : "fit";
    const at =
      position === null
        ? ""
        : ` at update ${position.update} (epoch ${position.epoch}, learning rate ${position.lr})`;
    return `${where}: the loss must be finite, got loss ${loss} and gradient norm ${gradNorm}${at}; lower the learning rate, lengthen the warm-up or clip the gradients`;
  }
}
