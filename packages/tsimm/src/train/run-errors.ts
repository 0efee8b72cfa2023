/** Errors that end a run, with the place in it. */
import { DeviceLostError } from "../runtime/device-lost-error.ts";
import type { EpochRow } from "./events.ts";

/** The error of a ranking metric that is NaN; other metrics of the epoch are proposed. */
export function notANumber(name: string, { epoch, validation }: EpochRow): RangeError {
  const others = Object.entries(validation ?? {}).filter(
    ([other, value]) => other !== name && !Number.isNaN(value),
  );
  const cure =
    others.length > 0
      ? `the validation images do not define it: rank epochs by ${others.map(([other]) => other).join(" or ")}`
      : "lower the learning rate";
  return new RangeError(`fit: the metric ${name} must be a number, got NaN in epoch ${epoch}; ${cure}`);
}

/** The error of a lost device, with the place in the run. */
export function lostAt(
  error: DeviceLostError,
  { epoch, update, left }: { readonly epoch: number; readonly update: number; readonly left: number },
): DeviceLostError {
  const cure = left < update ? "; a smaller recoveryInterval loses less" : "";
  return new DeviceLostError(
    `fit: ${error.message}; it was lost in update ${update} (epoch ${epoch}), what is left is the state of update ${left}${cure}`,
    { cause: error },
  );
}
