/** Tensors as the matrices that Muon orthogonalizes. */

/** Arrangement of a convolution: one matrix of all that an output sees, or a matrix for each place of the kernel. */
export type MuonConvMode = "flatten" | "batched";

/** Matrices in a tensor: element (row, column) of a matrix is at `first` + row · rowStride + column · columnStride. */
export interface MuonMatrices {
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** First element of each matrix. */
  readonly firsts: readonly number[];
}

const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);

/** Smallest number of rows and columns. */
const smallestSide = 4;
/** Largest ratio of rows and columns. */
const largestRatio = 128;

/**
 * Whether Muon moves a tensor of some shape: one with two dimensions above 1, the first two among them, which as a matrix
 * [first, all others] has at least 4 rows and columns, one at most 128 times the other. Biases, normalisations, position
 * embeddings and depthwise convolutions are left to AdamW.
 */
export function isForMuon(shape: readonly number[]): boolean {
  const [rows = 1, second = 1] = shape;
  if (shape.length < 2 || rows === 1 || second === 1) return false;
  const columns = product(shape.slice(1));
  const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
  return short >= smallestSide && long / short <= largestRatio;
}

/** The matrices of a tensor with at least two dimensions. */
export function muonMatrices(shape: readonly number[], mode: MuonConvMode): MuonMatrices {
  const [rows = 1, second = 1, ...kernel] = shape;
  const places = product(kernel);
  if (mode === "flatten" || kernel.length === 0) {
    const columns = second * places;
    return { rows, columns, rowStride: columns, columnStride: 1, firsts: [0] };
  }
  const firsts = Array.from({ length: places }, (_, place) => place);
  return { rows, columns: second, rowStride: second * places, columnStride: places, firsts };
}
