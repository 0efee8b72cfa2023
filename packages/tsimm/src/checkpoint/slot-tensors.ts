/** Slots of an optimizer as tensors. */
import { slotShape } from "../state/slot-shape.ts";
import type { SafeTensors } from "../weights/safetensors.ts";

/**
 * The tensors of a checkpoint.
 *
 * @param slots - Arrays by `<parameter>.<slot>`.
 * @param shapes - Of the parameters, by name.
 */
export function slotTensors(
  slots: ReadonlyMap<string, Float32Array>,
  shapes: ReadonlyMap<string, readonly number[]>,
): SafeTensors {
  return new Map(
    [...slots].map(([name, data]) => {
      return [name, { dtype: "F32", shape: slotShape(name, data.length, shapes), data }] as const;
    }),
  );
}
