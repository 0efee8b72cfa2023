/** The nearest position in 0 … size - 1. */
export function clip(position: i32, size: i32): i32 {
  return max(0, min(position, size - 1));
}
