import type { Tensor } from "../../graph/graph.ts";
import { float32 } from "../../graph/tensor.ts";

/** The matrix [size, size] that reverses the order of what it is multiplied with. */
export function reversal(size: number): Tensor {
  const matrix = new Float32Array(size * size);
  for (let row = 0; row < size; row++) matrix[row * size + (size - 1 - row)] = 1;
  return float32([size, size], matrix);
}
