/** Matrix products on kernels that do not transpose on the fly, and that want many tiles. */
import { readFloat, readInt } from "../../graph/attributes.ts";
import type { Node, Value } from "../../graph/graph.ts";
import { elementCount } from "../../graph/tensor.ts";
import type { Rewriting } from "./rewriting.ts";

/** Rows and columns of the tiles in which products are computed, one by each group of threads. */
const tile = 32;

/** Tiles from which a product keeps a large device busy. */
const enoughTiles = 1024;

/** Kernels read four numbers at a time where the summed axis has a length that divides by it. */
const vectorWidth = 4;

/** A factor as it is stored. */
export interface Factor {
  readonly value: Value;
  /** Whether it is to be transposed before the product. */
  readonly transposed: boolean;
}

/** The last two axes swapped. */
export function swapped({ math }: Rewriting, value: Value): Value {
  const axes = [...value.shape.keys()];
  return math.transpose(value, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/**
 * a b of two matrices [I, L] and [L, J].
 *
 * Where it has few tiles and a long sum, as gradients by weights have, the sum is split into parts that run side by side.
 */
export function matrixProduct(rewriting: Rewriting, a: Factor, b: Factor): Value {
  const { math } = rewriting;
  const [rows, length] = shapeOf(a);
  const [, columns] = shapeOf(b);
  const parts = partsOf(rows, length, columns);
  if (parts === 1) {
    const [left, right] = [a, b].map(({ value, transposed }) =>
      transposed ? swapped(rewriting, value) : value,
    ) as [Value, Value];
    return math.matMul(left, right);
  }
  const each = length / parts;
  const left = a.transposed
    ? math.transpose(math.reshape(a.value, [parts, each, rows]), [0, 2, 1])
    : math.transpose(math.reshape(a.value, [rows, parts, each]), [1, 0, 2]);
  const right = b.transposed
    ? math.transpose(math.reshape(b.value, [columns, parts, each]), [1, 2, 0])
    : math.reshape(b.value, [parts, each, columns]);
  return math.sum(math.matMul(left, right), [0]);
}

function shapeOf({ value, transposed }: Factor): readonly [number, number] {
  const [rows = 0, columns = 0] = value.shape;
  return transposed ? [columns, rows] : [rows, columns];
}

export function tilesOf(rows: number, columns: number): number {
  return Math.ceil(rows / tile) * Math.ceil(columns / tile);
}

/** Parts of the sum of a product, each of at least so many terms. */
const shortestPart = 128;

/** In how many parts the sum of a product is best computed: the fewest that make enough tiles. */
function partsOf(rows: number, length: number, columns: number): number {
  const tiles = tilesOf(rows, columns);
  let best = 1;
  for (let parts = 2; tiles * best < enoughTiles && length / parts >= shortestPart; parts++) {
    // The partial products must not be larger than the factors.
    if (parts * rows * columns > Math.max(rows * length, length * columns)) break;
    if (length % parts === 0 && (length / parts) % vectorWidth === 0) best = parts;
  }
  return best;
}

/** A product whose factors are transposed first: of matrices, or of batches of them. */
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
  const { math } = rewriting;
  const product =
    a.shape.length === 2 && b.shape.length === 2
      ? matrixProduct(rewriting, { value: a, transposed: transA }, { value: b, transposed: transB })
      : math.matMul(transA ? swapped(rewriting, a) : a, transB ? swapped(rewriting, b) : b);
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

/** Gemm, whose kernel is slow where it transposes, in products that are not. */
export function gemm(rewriting: Rewriting, node: Node): Value | undefined {
  const { math } = rewriting;
  const [a, b, c] = rewriting.inputsOf(node);
  if (!a || !b) return undefined;
  const product = transposedProduct(rewriting, a, b, {
    transA: readInt(node.attributes, "transA", 0) === 1,
    transB: readInt(node.attributes, "transB", 0) === 1,
    alpha: readFloat(node.attributes, "alpha", 1),
  });
  if (!c) return product;
  const beta = readFloat(node.attributes, "beta", 1);
  return math.add(product, beta === 1 ? c : math.mul(c, beta));
}

/**
 * a b with a transposed factor of two matrices, which may split its sum.
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

/**
 * Sum over n of a[n] b[n]: float32 [N, I, P] and [N, P, J] -> [I, J].
 *
 * A product per n where that yields no more than the factors hold; else fewer products, each over several n, as many as
 * keep the device busy.
 */
export function sumOfProducts(rewriting: Rewriting, a: Value, b: Value): Value {
  const { math } = rewriting;
  const [count = 0, rows = 0, length = 0] = a.shape;
  const columns = b.shape[2] ?? 0;
  const parts = productsOf(
    count,
    rows,
    length,
    columns,
    Math.max(elementCount(a.shape), elementCount(b.shape)),
  );
  if (parts === count) return sumOverFirst(rewriting, math.matMul(a, b));
  const each = count / parts;
  const left = math.transpose(math.reshape(a, [parts, each, rows, length]), [0, 2, 1, 3]);
  const product = math.matMul(
    math.reshape(left, parts === 1 ? [rows, each * length] : [parts, rows, each * length]),
    math.reshape(b, parts === 1 ? [each * length, columns] : [parts, each * length, columns]),
  );
  return parts === 1 ? product : sumOverFirst(rewriting, product);
}

function productsOf(count: number, rows: number, length: number, columns: number, larger: number): number {
  if (length % vectorWidth === 0 && count * rows * columns <= 2 * larger) return count;
  const tiles = tilesOf(rows, columns);
  for (let parts = 1; parts < count; parts++) {
    if (count % parts !== 0 || ((count / parts) * length) % vectorWidth !== 0) continue;
    if (parts * tiles >= enoughTiles) return parts;
  }
  return count * rows * columns <= larger ? count : 1;
}

function sumOverFirst({ math }: Rewriting, value: Value): Value {
  return value.shape[0] === 1 ? math.reshape(value, value.shape.slice(1)) : math.sum(value, [0]);
}
