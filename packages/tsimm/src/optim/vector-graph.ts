/** Nodes on vectors of tensors: their tensors, and sums and factors per tensor, in few kernels. */
import {
  arithmetic,
  elementCount,
  type GraphBuilder,
  int,
  int64,
  type Tensor,
  type Value,
} from "@tsimm/autodiff";
import { type VectorLayout, type VectorPart, vectorLayout } from "./vector-layout.ts";

/** Operations on the vectors of one layout. A vector is a float32 value of the layout's shape [rows, width]. */
export interface VectorGraph {
  readonly layout: VectorLayout;
  /** The tensors of a vector, in their shapes. */
  split(vector: Value): Value[];
  /** The vector of tensors, in any shapes of as many elements. */
  join(tensors: readonly Value[]): Value;
  /** Sum of each tensor, [tensors]. */
  sum(vector: Value): Value;
  /** Sum of squares of each tensor, [tensors]. */
  sumSquares(vector: Value): Value;
  /**
   * A number per tensor beside each of its elements, [rows, 1], to be multiplied with vectors.
   *
   * @param numbers - Float32 [tensors].
   */
  spread(numbers: Value): Value;
  /** The same operations on vectors of other tensors. */
  ofParts(parts: readonly VectorPart[]): VectorGraph;
}

/** Outputs of a Split: with its input 8 buffers, as many as every WebGPU device binds to a kernel. */
const splitOutputs = 7;

/** Operations on the vectors of a layout, as nodes of a builder. */
export function vectorGraph(builder: GraphBuilder, layout: VectorLayout): VectorGraph {
  const math = arithmetic(builder);
  const { parts, shape, rows } = layout;
  const [allRows, width] = shape;
  const sizes = parts.map((part) => elementCount(part.shape));
  const fillers = sizes.map((size, i) => (rows[i]?.count ?? 0) * width - size);
  const ofTensors = (ofRows: Value) => {
    if (parts.length === 1) return math.sum(ofRows, [0], true);
    if (parts.length === allRows) return ofRows;
    const most = Math.max(...rows.map(({ count }) => count));
    // Behind the last row stands a 0 for the places that shorter tensors leave over.
    const indices = new Int32Array(parts.length * most).fill(allRows);
    for (const [i, { first, count }] of rows.entries()) {
      for (let k = 0; k < count; k++) indices[i * most + k] = first + k;
    }
    const withZero = concat(builder, [ofRows, zeros(builder, 1)]);
    return math.sum(gather(builder, withZero, int32([parts.length, most], indices)), [1]);
  };
  return {
    layout,
    split(vector) {
      const flat = math.reshape(vector, [allRows * width]);
      const pieces = splitInto(
        builder,
        flat,
        sizes.flatMap((size, i) => [
          { size, part: i },
          ...(fillers[i] ? [{ size: fillers[i], part: null }] : []),
        ]),
      );
      return pieces.map((piece, i) => math.reshape(piece, parts[i]?.shape ?? []));
    },
    join(tensors) {
      const pieces = tensors.flatMap((tensor, i) => [
        math.reshape(tensor, [sizes[i] ?? 0]),
        ...(fillers[i] ? [zeros(builder, fillers[i])] : []),
      ]);
      return math.reshape(concat(builder, pieces), shape);
    },
    sum: (vector) => ofTensors(math.sum(vector, [1])),
    sumSquares: (vector) => ofTensors(sumSquaresOfRows(builder, vector)),
    ofParts: (others) => vectorGraph(builder, vectorLayout(others)),
    spread(numbers) {
      const ofRows = Int32Array.from(rows.flatMap(({ count }, i) => Array<number>(count).fill(i)));
      return gather(builder, numbers, int32([allRows, 1], ofRows));
    },
  };
}

/** Sum of squares of each row of [rows, width], [rows]. */
export function sumSquaresOfRows(builder: GraphBuilder, x: Value): Value {
  return builder.op("ReduceSumSquare", [x, builder.constant(int64([1], [1]))], { keepdims: int(0) });
}

/**
 * Numbers of an update as one graph input, since each input is a copy to the device.
 *
 * @param name - Of the input, float32 [names].
 * @param names - At least one.
 * @returns A scalar by name.
 */
export function scalarInputs(
  builder: GraphBuilder,
  name: string,
  names: readonly string[],
): Record<string, Value> {
  const vector = builder.input(name, "float32", [names.length]);
  const pieces = splitVector(
    builder,
    vector,
    names.map(() => 1),
  );
  const math = arithmetic(builder);
  return Object.fromEntries(pieces.map((piece, i) => [names[i], math.reshape(piece, [])]));
}

/** A vector [sum of sizes] in pieces of these sizes. */
export function splitVector(builder: GraphBuilder, vector: Value, sizes: readonly number[]): Value[] {
  return splitInto(
    builder,
    vector,
    sizes.map((size, part) => ({ size, part })),
  );
}

/** Vectors one behind the other; ONNX Runtime makes as many kernels of the node as a device needs. */
export function concat(builder: GraphBuilder, vectors: readonly Value[]): Value {
  const [first] = vectors;
  return vectors.length === 1 && first ? first : builder.op("Concat", vectors, { axis: int(0) });
}

function zeros(builder: GraphBuilder, count: number): Value {
  return builder.constant({ dtype: "float32", shape: [count], data: new Float32Array(count) });
}

function int32(shape: readonly number[], data: Int32Array): Tensor {
  return { dtype: "int32", shape, data };
}

function gather(builder: GraphBuilder, x: Value, indices: Tensor): Value {
  return builder.op("Gather", [x, builder.constant(indices)], { axis: int(0) });
}

/** A stretch of a vector: a part, or a filler that nothing reads (null); or neighbours that are split later. */
interface Stretch {
  readonly size: number;
  readonly part: number | null;
  readonly within?: readonly Stretch[];
}

/** Parts of these sizes of a vector [N], which they fill. */
export function splitFlat(builder: GraphBuilder, vector: Value, sizes: readonly number[]): Value[] {
  return splitInto(
    builder,
    vector,
    sizes.map((size, part) => ({ size, part })),
  );
}

/** The parts of a vector, by a tree of Splits in which large parts are copied once. */
function splitInto(builder: GraphBuilder, vector: Value, stretches: readonly Stretch[]): Value[] {
  const parts: Value[] = [];
  const visit = (value: Value, { part, within }: Stretch) => {
    if (part !== null) parts[part] = value;
    if (within === undefined) return;
    const lengths = builder.constant(
      int64(
        [within.length],
        within.map(({ size }) => size),
      ),
    );
    const values =
      within.length === 1 ? [value] : builder.ops("Split", [value, lengths], { axis: int(0) }, within.length);
    for (const [i, inner] of within.entries()) {
      const piece = values[i];
      if (piece !== undefined) visit(piece, inner);
    }
  };
  visit(vector, gathered(stretches));
  return parts;
}

/** Joins the smallest neighbours until one Split has few enough outputs. */
function gathered(stretches: readonly Stretch[]): Stretch {
  const level = [...stretches];
  while (level.length > splitOutputs) {
    const count = Math.min(splitOutputs, level.length - splitOutputs + 1);
    const sums = level
      .slice(0, level.length - count + 1)
      .map((_, i) => level.slice(i, i + count).reduce((sum, { size }) => sum + size, 0));
    const at = sums.indexOf(Math.min(...sums));
    level.splice(at, count, joined(level.slice(at, at + count)));
  }
  return joined(level);
}

function joined(within: readonly Stretch[]): Stretch {
  return { size: within.reduce((sum, { size }) => sum + size, 0), part: null, within };
}
