/** The order of tokens by windows of an image (Liu et al., arXiv:2103.14030), as constant indices. */

/** A grid of tokens that is cut into square windows after it is rolled. */
export interface WindowGrid {
  readonly height: number;
  readonly width: number;
  /** Tokens along a window's height and width. */
  readonly window: readonly [number, number];
  /** Tokens by which the grid is rolled up and to the left. */
  readonly shift: readonly [number, number];
}

/** Sizes of the grid, rounded up to whole windows. */
export function paddedSize({ height, width, window }: WindowGrid): [number, number] {
  return [Math.ceil(height / window[0]) * window[0], Math.ceil(width / window[1]) * window[1]];
}

/**
 * Place in the grid of each token in the order of windows; places of padding are `height · width`.
 *
 * @example
 * windowOrder({ height: 2, width: 4, window: [2, 2], shift: [0, 0] }); // => [0, 1, 4, 5, 2, 3, 6, 7]
 */
export function windowOrder(grid: WindowGrid): number[] {
  const { height, width, window, shift } = grid;
  const [rows, columns] = paddedSize(grid);
  const places: number[] = [];
  for (let top = 0; top < rows; top += window[0]) {
    for (let left = 0; left < columns; left += window[1]) {
      for (let y = top; y < top + window[0]; y++) {
        for (let x = left; x < left + window[1]; x++) {
          const isInside = y < height && x < width;
          const [row, column] = [(y + shift[0]) % height, (x + shift[1]) % width];
          places.push(isInside ? row * width + column : height * width);
        }
      }
    }
  }
  return places;
}

/** Place in the order of windows of each token of the grid. */
export function gridOrder(grid: WindowGrid): number[] {
  const places = new Array<number>(grid.height * grid.width).fill(0);
  for (const [at, place] of windowOrder(grid).entries()) if (place < places.length) places[place] = at;
  return places;
}

/**
 * What is added to the scores of tokens that the roll has brought together, -100, else 0: [windows, N, N], N tokens of a
 * window.
 */
export function shiftMask(grid: WindowGrid): Float32Array {
  const { window, shift } = grid;
  const [rows, columns] = paddedSize(grid);
  const area = window[0] * window[1];
  // Stretches of an axis that were apart: windows before the last, the last one up to the roll, and what was rolled.
  const stretch = (at: number, size: number, axis: 0 | 1) =>
    at < size - window[axis] ? 0 : at < size - shift[axis] ? 1 : 2;
  const order = windowOrder({ ...grid, height: rows, width: columns, shift: [0, 0] });
  const regions = order.map((place) => {
    const [row, column] = [Math.floor(place / columns), place % columns];
    return 3 * stretch(row, rows, 0) + stretch(column, columns, 1);
  });
  const mask = new Float32Array(order.length * area);
  for (let at = 0; at < order.length; at++) {
    const start = at - (at % area);
    for (let other = 0; other < area; other++) {
      mask[at * area + other] = regions[at] === regions[start + other] ? 0 : -100;
    }
  }
  return mask;
}

/**
 * Row of the table of position biases for each pair of a window's tokens, [N · N]: the table has a row for each distance
 * along both axes.
 */
export function relativePositions([height, width]: WindowGrid["window"]): number[] {
  const rows: number[] = [];
  for (let from = 0; from < height * width; from++) {
    for (let to = 0; to < height * width; to++) {
      const down = Math.floor(from / width) - Math.floor(to / width) + height - 1;
      const right = (from % width) - (to % width) + width - 1;
      rows.push(down * (2 * width - 1) + right);
    }
  }
  return rows;
}
