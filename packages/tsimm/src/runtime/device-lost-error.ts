/** The error of a device that is gone. */

/**
 * A device was lost, or ran out of memory: what lies in its memory can be read no more, and its sessions fail from now on.
 */
export class DeviceLostError extends Error {
  /** Name of the device. */
  readonly device: string;
  /** The engine's own words. */
  readonly reason: string;

  /**
   * @param device - Name of the device or engine, for people.
   * @param reason - The engine's own words, e.g. `out of memory`.
   */
  constructor(device: string, reason: string, options: ErrorOptions = {}) {
    super(
      `Engine: the device must stay at hand, got ${device} lost (${reason}); go on from the last checkpoint, with smaller batches if its memory was too small`,
      options,
    );
    this.name = "DeviceLostError";
    this.device = device;
    this.reason = reason;
  }
}
