/** Tensors on a device that several hold. */
import type { DeviceTensor } from "../../runtime/engine.ts";

/** A tensor on a device, disposed of when its last holder lets go of it. */
export class HeldTensor {
  readonly tensor: DeviceTensor;
  #holders = 1;

  /** @param tensor - Held by the caller. */
  constructor(tensor: DeviceTensor) {
    this.tensor = tensor;
  }

  /** Adds a holder. */
  hold(): this {
    this.#holders++;
    return this;
  }

  /** Takes a holder away. */
  release(): void {
    this.#holders--;
    if (this.#holders === 0) this.tensor.dispose();
  }
}
