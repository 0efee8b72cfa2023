/** Small float32 inputs of a graph in one vector: one upload in place of many. */
import { arithmetic, elementCount, type GraphBuilder, type Tensor, type Value } from "@tsimm/autodiff";
import { splitVector } from "../../optim/vector-graph.ts";
import type { VectorPart } from "../../optim/vector-layout.ts";

/** Name of the vector among the inputs of a graph. */
export const numbersName = "update/numbers";

/** Largest input that goes into the vector: from 256 KiB on an upload of its own costs little. */
const largest = 65_536;

/** Whether an input of a graph goes into the vector. */
export function isSmall({ dtype, shape }: Value): boolean {
  return dtype === "float32" && elementCount(shape) <= largest;
}

/** Adds the vector to a graph, and yields its parts by name. */
export function numberValues(
  builder: GraphBuilder,
  parts: readonly VectorPart[],
): ReadonlyMap<string, Value> {
  if (parts.length === 0) return new Map();
  const math = arithmetic(builder);
  const sizes = parts.map(({ shape }) => elementCount(shape));
  const vector = builder.input(numbersName, "float32", [sizes.reduce((sum, size) => sum + size, 0)]);
  const pieces = splitVector(builder, vector, sizes);
  return new Map(
    parts.flatMap(({ name, shape }, i) => {
      const piece = pieces[i];
      return piece ? [[name, math.reshape(piece, shape)]] : [];
    }),
  );
}

/**
 * What the vector is fed.
 *
 * @param values - Of each part.
 * @throws RangeError if one is missing or of another size.
 */
export function numbersFeed(
  parts: readonly VectorPart[],
  values: Readonly<Record<string, ArrayLike<number> | number>>,
): Tensor {
  const length = parts.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const data = new Float32Array(length);
  let start = 0;
  for (const { name, shape } of parts) {
    const given = values[name];
    const list = typeof given === "number" ? [given] : given;
    const size = elementCount(shape);
    if (list?.length !== size) {
      throw new RangeError(
        `numbersFeed: "${name}" must have ${size} elements, got ${list?.length ?? "none"}`,
      );
    }
    data.set(list, start);
    start += size;
  }
  return { dtype: "float32", shape: [length], data };
}
