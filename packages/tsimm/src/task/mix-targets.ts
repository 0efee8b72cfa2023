/** Targets of mixed images. */

/**
 * lambda · own + (1 - lambda) · partners, element by element.
 *
 * @param where - Task named in errors.
 * @param own - float32 [B, outputs].
 * @param partners - Of the images that they are mixed with, float32 [B, outputs].
 * @param lambda - Share of `own`, in [0, 1].
 * @returns float32 [B, outputs].
 * @throws RangeError if the shapes differ or the share is out of range.
 * @see timm `timm/data/mixup.py`, `mixup_target`
 */
export function mixTargets(
  where: string,
  own: Float32Array,
  partners: Float32Array,
  lambda: number,
): Float32Array {
  if (partners.length !== own.length) {
    throw new RangeError(
      `${where}: mixed.labels must be of as many images as labels, got ${partners.length} numbers for ${own.length}`,
    );
  }
  if (!(lambda >= 0 && lambda <= 1)) {
    throw new RangeError(`${where}: mixed.lambda must be a number in [0, 1], got ${lambda}`);
  }
  return own.map((share, i) => lambda * share + (1 - lambda) * (partners[i] ?? Number.NaN));
}
