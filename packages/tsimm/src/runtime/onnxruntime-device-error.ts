/** What ONNX Runtime's WebGPU provider throws, as one line that names the cure. */
import { DeviceLostError } from "./device-lost-error.ts";

/**
 * The error of a run on a device.
 *
 * @param device - Its name.
 * @param thrown - By ONNX Runtime.
 * @returns A {@link DeviceLostError} if the device is gone or has no memory left, else what was thrown.
 */
export function deviceError(device: string, thrown: unknown): unknown {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (isOutOfMemory(message)) {
    return new DeviceLostError(
      `the device ${device} is out of memory (${reasonOf(message)}); take a smaller --batch-size, with --grad-accum-steps for the same update`,
      { cause: thrown },
    );
  }
  if (isLost(message)) {
    return new DeviceLostError(
      `the device ${device} is lost (${reasonOf(message)}); its driver has reset it or it was taken away: go on with --resume`,
      { cause: thrown },
    );
  }
  return thrown;
}

function isLost(message: string): boolean {
  return /device (is |was )?(lost|destroyed)|\] is lost|DEVICE_LOST|DEVICE_REMOVED|external Instance reference|Failed to download data/i.test(
    message,
  );
}

/** Waits for work on a device, with the errors of {@link deviceError}. */
export type DeviceGuard = <T>(work: Promise<T>) => Promise<T>;

/**
 * Guards the runs on a device.
 *
 * @param device - Its name.
 * @param lost - Resolves with the reason when the device is lost, after which some runs never end; absent: runs throw then.
 */
export function deviceGuard(device: string, lost?: Promise<string>): DeviceGuard {
  const end = lost?.then((reason): never => {
    throw new Error(`device lost: ${reason || "no reason given"}`);
  });
  end?.catch(() => {});
  return async (work) => {
    try {
      return await (end === undefined ? work : Promise.race([work, end]));
    } catch (error) {
      throw deviceError(device, error);
    }
  };
}

/** A buffer that could not be made shows at its first use only: it is "invalid due to a previous error". */
function isOutOfMemory(message: string): boolean {
  return /out[ _]of[ _](device[ _])?memory|exceeds the max buffer size|Invalid Buffer .*due to a previous error|Too many storage buffers|narrowing_error/i.test(
    message,
  );
}

function reasonOf(message: string): string {
  const [first = ""] = message
    .replace(/^Non-zero status code.*?Status Message: /, "")
    .replace(/^\S*\.cc:\d+ .*? was false\. /, "")
    .split("\n");
  return first.length > 160 ? `${first.slice(0, 157)}...` : first;
}
