/** Shapes of the optimizer's slots. */
import type { Parameter } from "../models/model.ts";

/**
 * The shape of a slot: its parameter's where it has as many elements, else a vector's.
 *
 * @param name - `<parameter>.<slot>`.
 * @param length - Elements of the slot.
 */
export function slotShape(
  name: string,
  length: number,
  shapes: ReadonlyMap<string, Parameter["shape"]>,
): Parameter["shape"] {
  const shape = shapes.get(name.slice(0, name.lastIndexOf("."))) ?? [];
  return shape.reduce((product, size) => product * size, 1) === length ? shape : [length];
}
