/** Tables of relative position biases for windows of another size. */

/**
 * Resamples a table [(2w - 1)², heads] to one [(2v - 1)², heads]: its rows stand at places whose distances grow
 * geometrically from the centre until they reach as far as the new table does, between them it is linear.
 *
 * @param side - 2w - 1.
 * @param newSide - 2v - 1.
 * @see timm `timm/layers/pos_embed_rel.py`
 */
export function resampleBiasTable(
  table: Float32Array,
  heads: number,
  { side, newSide }: { readonly side: number; readonly newSide: number },
): Float32Array {
  const places = placesOf(side, newSide);
  const half = Math.floor(newSide / 2);
  const mixes = Array.from({ length: newSide }, (_, i) => mixAt(places, i - half));
  const result = new Float32Array(newSide * newSide * heads);
  for (const [row, [top, bottom, down]] of mixes.entries()) {
    for (const [column, [left, right, across]] of mixes.entries()) {
      for (let head = 0; head < heads; head++) {
        const at = (y: number, x: number) => table[(y * side + x) * heads + head] ?? 0;
        const upper = (1 - across) * at(top, left) + across * at(top, right);
        const lower = (1 - across) * at(bottom, left) + across * at(bottom, right);
        result[(row * newSide + column) * heads + head] = (1 - down) * upper + down * lower;
      }
    }
  }
  return result;
}

/** Places of the old rows, in rows of the new table from its centre. */
function placesOf(side: number, newSide: number): number[] {
  const [steps, reach] = [Math.floor(side / 2), Math.floor(newSide / 2)];
  let [low, high, ratio] = [1.01, 1.5, 1.01];
  while (high - low > 1e-6) {
    ratio = (low + high) / 2;
    if ((1 - ratio ** steps) / (1 - ratio) > reach) high = ratio;
    else low = ratio;
  }
  const distances: number[] = [];
  let place = 1;
  for (let i = 0; i < steps; i++) {
    distances.push(place);
    place += ratio ** (i + 1);
  }
  return [...distances.map((distance) => -distance).reverse(), 0, ...distances];
}

/** The two places around `x`, and the share of the second; the last place beyond the ends. */
function mixAt(places: readonly number[], x: number): readonly [number, number, number] {
  const right = places.findIndex((place) => place >= x);
  if (right === 0) return [0, 0, 0];
  if (right < 0) return [places.length - 1, places.length - 1, 0];
  const [from = 0, to = 0] = [places[right - 1], places[right]];
  return [right - 1, right, (x - from) / (to - from)];
}
