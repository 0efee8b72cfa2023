/** Tensors in one vector: one behind the other, each from the beginning of a row. */

/** A tensor of a vector. */
export interface VectorPart {
  /** Of the parameter. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** Places of tensors in a vector of rows; a tensor's last row is filled up with zeros. */
export interface VectorLayout {
  /** The tensors, in the order of the vector. */
  readonly parts: readonly VectorPart[];
  /** Of the vector: [rows, width]. */
  readonly shape: readonly [number, number];
  /** First row of each tensor, and the number of its rows. */
  readonly rows: readonly { readonly first: number; readonly count: number }[];
}

/** Most rows of all elements. More would cost time where rows are summed up, fewer waste memory behind small tensors. */
const targetRows = 8192;

/**
 * The layout of tensors in a vector; tensors of the same sizes have the same.
 *
 * The width of a row is the power of two in [16, 1024] that makes 4096 to 8192 rows of all elements, or comes nearest.
 *
 * @param parts - At least one, each of at least one element.
 */
export function vectorLayout(parts: readonly VectorPart[]): VectorLayout {
  const sizes = parts.map(({ shape }) => elementCount(shape));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const width = 2 ** Math.min(10, Math.max(4, Math.ceil(Math.log2(total / targetRows))));
  let end = 0;
  const rows = sizes.map((size) => {
    const count = Math.ceil(size / width);
    const first = end;
    end += count;
    return { first, count };
  });
  return { parts, shape: [end, width], rows };
}

/**
 * The vector of some tensors.
 *
 * @param tensors - Elements of each part.
 * @throws RangeError if one does not have as many elements as its part.
 */
export function packVector(layout: VectorLayout, tensors: readonly Float32Array[]): Float32Array {
  const [rows, width] = layout.shape;
  const vector = new Float32Array(rows * width);
  forEachPart("packVector", layout, tensors, (tensor, start) => vector.set(tensor, start));
  return vector;
}

/**
 * Copies the tensors of a vector.
 *
 * @param tensors - Where to, of as many elements as the parts.
 * @throws RangeError if one does not have as many elements as its part.
 */
export function unpackVector(
  layout: VectorLayout,
  vector: Float32Array,
  tensors: readonly Float32Array[],
): void {
  forEachPart("unpackVector", layout, tensors, (tensor, start) =>
    tensor.set(vector.subarray(start, start + tensor.length)),
  );
}

function forEachPart(
  where: string,
  { parts, shape, rows }: VectorLayout,
  tensors: readonly Float32Array[],
  use: (tensor: Float32Array, start: number) => void,
): void {
  for (const [i, part] of parts.entries()) {
    const [tensor, place] = [tensors[i], rows[i]];
    const size = elementCount(part.shape);
    if (tensor?.length !== size || place === undefined) {
      throw new RangeError(
        `${where}: ${part.name} must have ${size} elements, got ${tensor?.length ?? "none"}`,
      );
    }
    use(tensor, place.first * shape[1]);
  }
}

/** A definition of an optimizer imports this file, and is loaded where no graph is made: it does without autodiff's. */
function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
