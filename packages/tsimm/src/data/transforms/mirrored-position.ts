/** Positions outside of an image that is continued by its mirror images. */

/**
 * The position inside of an axis that a position of the continued axis shows: … 2, 1, 0, 1, 2 …; the edge is not repeated.
 *
 * @param position - Any integer.
 * @param size - Length of the axis, >= 1.
 * @example
 * [-2, -1, 0, 2, 3].map((position) => mirroredPosition(position, 3)); // => [2, 1, 0, 2, 1]
 * @see NumPy `numpy.pad`, mode `reflect`
 */
export function mirroredPosition(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const offset = ((position % period) + period) % period;
  return Math.min(offset, period - offset);
}
