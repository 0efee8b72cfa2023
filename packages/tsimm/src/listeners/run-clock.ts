/** Estimates how long an epoch and the rest of a run will take. */

/** The size of a run. */
export interface RunSize {
  readonly numEpochs: number;
  readonly updatesPerEpoch: number;
  /** Images of an update, and of a validation with every set of weights. */
  readonly updateImages: number;
  readonly validationImages: number;
  /** Epochs between two validations. */
  readonly valInterval: number;
}

/** Where the run is: epochs that are done, and updates of the present one. */
export interface RunPosition {
  readonly epoch: number;
  readonly updatesDone: number;
}

/** The first updates are slow: the engine warms up, and images are not decoded ahead yet. */
const WARM_UP = 2;
/** Updates whose mean is a fair estimate; fewer will do where they take long. */
const ENOUGH = 8;
const ENOUGH_SECONDS = 10;
/** An image takes that share of its time in training when it is evaluated: there is no backward pass. */
const EVALUATION_SHARE = 1 / 3;

/** Measures updates and validations of a session. */
export class RunClock {
  readonly #size: RunSize;
  #updates = 0;
  #seconds = 0;
  #validationSeconds: number | null = null;
  #said = false;

  constructor(size: RunSize) {
    this.#size = size;
  }

  /** Takes the time of an update in. */
  addUpdate(seconds: number): void {
    this.#updates++;
    if (this.#updates > WARM_UP) this.#seconds += seconds;
  }

  /** Takes the time of a whole validation in. */
  setValidation(seconds: number): void {
    this.#validationSeconds = seconds;
  }

  /** Seconds of an epoch with its validation; null while too little is known. */
  get epochSeconds(): number | null {
    const update = this.#updateSeconds;
    return update === null ? null : update * this.#size.updatesPerEpoch + this.#validation(update);
  }

  /** Seconds until the end of the run; null while too little is known. */
  secondsLeft(position: RunPosition): number | null {
    const update = this.#updateSeconds;
    if (update === null) return null;
    const { numEpochs, valInterval } = this.#size;
    // The last epoch is validated whatever the interval.
    const validations = Math.ceil(numEpochs / valInterval) - Math.floor(position.epoch / valInterval);
    return this.#updatesLeft(position) * update + validations * this.#validation(update);
  }

  /**
   * One line for the log, once, as soon as the estimate is a fair one and while updates are left:
   * `About 12 s an epoch, 3 min for the run (15 epochs)`.
   */
  firstEstimate(position: RunPosition): string | null {
    const measured = this.#updates - WARM_UP;
    const fair = measured >= ENOUGH || (measured >= 2 && this.#seconds >= ENOUGH_SECONDS);
    const [epoch, left] = [this.epochSeconds, this.secondsLeft(position)];
    if (this.#said || !fair || epoch === null || left === null || this.#updatesLeft(position) === 0)
      return null;
    this.#said = true;
    const epochs = this.#size.numEpochs - position.epoch;
    const what = position.epoch === 0 ? `for the run (${count(epochs)})` : `for the ${count(epochs)} left`;
    return `About ${duration(epoch)} an epoch, ${duration(left)} ${what}`;
  }

  #updatesLeft({ epoch, updatesDone }: RunPosition): number {
    const { numEpochs, updatesPerEpoch } = this.#size;
    return (numEpochs - epoch) * updatesPerEpoch - updatesDone;
  }

  get #updateSeconds(): number | null {
    return this.#updates > WARM_UP ? this.#seconds / (this.#updates - WARM_UP) : null;
  }

  #validation(update: number): number {
    const { updateImages, validationImages } = this.#size;
    return this.#validationSeconds ?? (update / updateImages) * validationImages * EVALUATION_SHARE;
  }
}

function count(epochs: number): string {
  return epochs === 1 ? "1 epoch" : `${epochs} epochs`;
}

/**
 * A span of time in the unit that suits it.
 *
 * @param seconds - At least 0.
 * @example
 * [0.2, 12.4, 150, 9000, 400000].map(duration); // => ["1 s", "12 s", "3 min", "2.5 h", "4.6 days"]
 */
export function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 99.5 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Number((seconds / 3600).toFixed(1))} h`;
  return `${Number((seconds / 86400).toFixed(1))} days`;
}
