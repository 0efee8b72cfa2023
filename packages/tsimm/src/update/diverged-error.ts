/** The error of a training that has diverged. */

/** The loss or a gradient of an update is not finite; the update was not made. */
export class DivergedError extends RangeError {
  readonly loss: number;
  readonly gradNorm: number;

  /**
   * @param loss - Of the update.
   * @param gradNorm - Norm of all gradients together.
   * @param where - What was computing, for the message.
   */
  constructor(loss: number, gradNorm: number, where = "Updater.update: the loss must be finite") {
    super(
      `${where}, got loss ${loss} and gradient norm ${gradNorm}; lower the learning rate, lengthen the warm-up or clip the gradients`,
    );
    this.name = "DivergedError";
    this.loss = loss;
    this.gradNorm = gradNorm;
  }
}
