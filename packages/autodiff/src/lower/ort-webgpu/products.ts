/** Matrix products on kernels that do not transpose batches on the fly. */
import { float, int, readFloat, readInt } from "../../graph/attributes.ts";
import type { Node, Value } from "../../graph/graph.ts";
import { elementCount } from "../../graph/tensor.ts";
import type { Rewriting } from "./rewriting.ts";

/** The last two axes swapped. */
export function swapped({ math }: Rewriting, value: Value): Value {
  const axes = [...value.shape.keys()];
  return math.transpose(value, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/** A product whose factors are transposed first: of two matrices a Gemm, of batches the smaller work of two. */
export function transposedProduct(
  rewriting: Rewriting,
  a: Value,
  b: Value,
  {
    transA,
    transB,
    alpha = 1,
  }: { readonly transA: boolean; readonly transB: boolean; readonly alpha?: number },
): Value {
  const { builder, math } = rewriting;
  if (a.shape.length === 2 && b.shape.length === 2) {
    return builder.op("Gemm", [a, b], {
      transA: int(transA ? 1 : 0),
      transB: int(transB ? 1 : 0),
      alpha: float(alpha),
    });
  }
  const left = transA ? swapped(rewriting, a) : a;
  const product = math.matMul(left, transB ? swapped(rewriting, b) : b);
  return alpha === 1 ? product : math.mul(product, alpha);
}

/** FusedMatMul in standard operators. */
export function unfusedProduct(rewriting: Rewriting, node: Node): Value {
  const [a, b] = rewriting.inputsOf(node);
  if (!a || !b) throw new RangeError(`lower: node "${node.name}" must have two inputs`);
  return transposedProduct(rewriting, a, b, {
    transA: readInt(node.attributes, "transA", 0) === 1,
    transB: readInt(node.attributes, "transB", 0) === 1,
    alpha: readFloat(node.attributes, "alpha", 1),
  });
}

/**
 * a b with a transposed factor of two matrices, as a Gemm that reads it as it stands.
 *
 * @returns undefined where no factor is a transposed matrix.
 */
export function productOfTransposed(
  rewriting: Rewriting,
  { inputs: [a = "", b = ""] }: Node,
): Value | undefined {
  const left = transposedMatrix(rewriting, a);
  const right = transposedMatrix(rewriting, b);
  if (left === undefined && right === undefined) return undefined;
  const factors = [rewriting.value(left ?? a), rewriting.value(right ?? b)] as const;
  if (factors.some(({ shape }) => shape.length !== 2)) return undefined;
  return transposedProduct(rewriting, ...factors, {
    transA: left !== undefined,
    transB: right !== undefined,
  });
}

/** The value of which another is the transpose, both matrices. */
function transposedMatrix(rewriting: Rewriting, name: string): string | undefined {
  const maker = rewriting.makerOf(name);
  if (maker?.op !== "Transpose" || maker.domain !== "") return undefined;
  const perm = maker.attributes["perm"];
  const isSwap = perm === undefined || (perm.type === "ints" && perm.value.join() === "1,0");
  const [source = ""] = maker.inputs;
  return isSwap && rewriting.old.values.get(source)?.shape.length === 2 ? source : undefined;
}

/** Rows and columns of the tiles in which products are computed, one by each group of threads. */
const tile = 32;

/** Groups of threads that compute a product of [rows, ...] by [..., columns]. */
export function tilesOf(rows: number, columns: number): number {
  return Math.ceil(rows / tile) * Math.ceil(columns / tile);
}

/**
 * sum over n and p of a[n, i, p] b[n, j, p].
 *
 * The smaller of a and b is transposed. Where a product per n would be larger than the factors, one product runs over
 * all n, as long as it keeps the device busy.
 *
 * @param a - float32 [N, I, P].
 * @param b - float32 [N, J, P].
 * @returns float32 [I, J].
 */
export function productOverImages(rewriting: Rewriting, a: Value, b: Value): Value {
  const { math } = rewriting;
  const [images = 0, rows = 0, length = 0] = a.shape;
  const columns = b.shape[1] ?? 0;
  const [sizeA, sizeB] = [elementCount(a.shape), elementCount(b.shape)];
  if (tilesOf(rows, columns) >= enoughTiles && images * rows * columns > Math.max(sizeA, sizeB)) {
    const left = math.reshape(math.transpose(a, [1, 0, 2]), [rows, images * length]);
    const right = math.reshape(math.transpose(b, [0, 2, 1]), [images * length, columns]);
    return math.matMul(left, right);
  }
  if (sizeB <= sizeA) return sumOverImages(rewriting, math.matMul(a, math.transpose(b, [0, 2, 1])));
  const product = math.matMul(b, math.transpose(a, [0, 2, 1]));
  return math.transpose(sumOverImages(rewriting, product), [1, 0]);
}

function sumOverImages({ math }: Rewriting, value: Value): Value {
  return value.shape[0] === 1 ? math.reshape(value, value.shape.slice(1)) : math.sum(value, [0]);
}

/** Tiles from which a single product keeps a device busy. */
export const enoughTiles = 128;
