/** Numbers that would spoil a training. */
import type { TensorData } from "@tsimm/autodiff";

/** Position of the first element that is NaN or infinite, or -1. */
export function firstNotFinite(data: TensorData): number {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return -1;
  for (let index = 0; index < data.length; index++) if (!Number.isFinite(data[index])) return index;
  return -1;
}

/**
 * Throws unless every element of an input is finite.
 *
 * @param where - Function named in the error.
 */
export function checkFinite(where: string, name: string, data: TensorData): void {
  const at = firstNotFinite(data);
  if (at >= 0) throw new RangeError(`${where}: ${name} must be finite, got ${data[at]} at element ${at}`);
}
