/** The error of an engine whose device fails in the middle of its work. */

/** The device of an engine is gone, or has no memory left: what was there is lost, and nothing runs on it any more. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
}
