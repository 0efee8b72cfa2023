/** The frozen part of an ONNX model on an engine. */
import {
  type DataType,
  elementCount,
  type FrozenPart,
  type Tensor,
  type TensorData,
  type Value,
} from "@tsimm/autodiff";
import { arrays } from "./arrays.ts";
import type { Engine } from "./engine.ts";

/** A loaded frozen part. */
export interface FrozenSession {
  /**
   * Prepares the part for a number of samples: runs it once, on zeros, for the types of what it yields.
   *
   * @param part - That of the loaded model; the shapes of its inputs may be others.
   * @throws Error if the engine refuses it, RangeError if an output is empty.
   */
  prepare(part: FrozenPart): Promise<PreparedPart>;
  /** Releases the native memory. */
  close(): Promise<void>;
}

/** A frozen part for a number of samples. */
export interface PreparedPart {
  /** What it yields for inputs of zeros, by output; of one run, where a step needs several. */
  readonly values: Readonly<Record<string, Tensor>>;
  /**
   * Computes its `outputs`.
   *
   * @throws RangeError if one has another type or shape than for zeros.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
}

/**
 * Loads the frozen part of a model.
 *
 * @param threads - Absent: all cores.
 * @throws Error if the engine refuses it.
 */
export async function createFrozenSession(
  engine: Engine,
  { model, reason }: FrozenPart,
  threads: number | undefined,
): Promise<FrozenSession> {
  const refused = (error: unknown) =>
    new Error(
      `createFineTuning: what is frozen must run in the engine as it is, got "${error instanceof Error ? error.message : error}"; it is apart from what is trained because of ${reason}`,
      { cause: error },
    );
  const options = { mayFallBack: true, ...(threads === undefined ? {} : { threads }) };
  const session = await engine.load(model, options).catch((error) => {
    throw refused(error);
  });
  return {
    async prepare({ inputs: wholeInputs, outputs, runs }) {
      const { count, inputs, samples } = runs ?? { count: 1, inputs: wholeInputs, samples: undefined };
      const zeros = inputs.map(({ name, dtype, shape }): [string, Tensor] => [
        name,
        { dtype, shape, data: new arrays[dtype](elementCount(shape)) },
      ]);
      const values = await session.run(Object.fromEntries(zeros)).catch((error) => {
        throw refused(error);
      });
      const empty = outputs.find((name) => values[name]?.data.length === 0);
      if (empty !== undefined) {
        throw new RangeError(
          `createFineTuning: "${empty}", which the frozen part yields, must have elements, got ${typeOf(values[empty])} for inputs of zeros; its shape must not depend on numbers`,
        );
      }
      /** Whether the rows that fill the last run up change nothing in the others. */
      let isProven = !runs?.filled;
      return {
        values,
        async run(feeds) {
          if (outputs.length === 0) return {};
          const once = async (at: number, filler: Filler) => {
            const given = inputs.flatMap((input, position) => {
              const tensor = feeds[input.name];
              const isWhole = wholeInputs[position]?.shape[0] === input.shape[0];
              return tensor
                ? [[input.name, isWhole ? tensor : rowsOf(tensor, input, at, filler)] as const]
                : [];
            });
            const result = await session.run(Object.fromEntries(given), outputs);
            for (const name of outputs) checkType(name, result[name], values[name]);
            return result;
          };
          const results = [];
          for (let at = 0; at < count; at++) results.push(await once(at, "last row"));
          const [first = {}] = results;
          if (samples === undefined) return first;
          const joined = (list: readonly Readonly<Record<string, Tensor>>[]) =>
            Object.fromEntries(
              outputs.map((name) => [
                name,
                joinedRows(
                  list.flatMap((result) => result[name] ?? []),
                  samples,
                ),
              ]),
            );
          const all = joined(results);
          if (!isProven) {
            const others = joined([...results.slice(0, -1), await once(count - 1, "zeros")]);
            for (const name of outputs) checkEqual(name, all[name], others[name]);
            isProven = true;
          }
          return all;
        },
      };
    },
    close: () => session.close(),
  };
}

/** What fills a run up that has more rows than there are samples left. */
type Filler = "last row" | "zeros";

/** The rows of a tensor that a run reads. */
function rowsOf({ dtype, data }: Tensor, { shape }: Value, run: number, filler: Filler): Tensor {
  const length = elementCount(shape);
  const given = data.subarray(run * length, (run + 1) * length);
  if (given.length === length) return { dtype, shape, data: given };
  const [rows = 1] = shape;
  const rowsGiven = (given.length * rows) / length;
  const last = given.subarray(given.length - length / rows);
  const missing = Array.from({ length: rows - rowsGiven }, () =>
    filler === "zeros" ? new arrays[dtype](last.length) : last,
  );
  return { dtype, shape, data: joinedData(dtype, [given, ...missing]) };
}

/** Tensors of one type and shape, one after the other along the first axis, as far as there are samples. */
function joinedRows(tensors: readonly Tensor[], samples: number): Tensor {
  const [
    {
      dtype,
      shape: [, ...rest],
    } = { dtype: "float32", shape: [] } as const,
  ] = tensors;
  const shape = [samples, ...rest];
  const data = joinedData(
    dtype,
    tensors.map((tensor) => tensor.data),
  );
  return { dtype, shape, data: data.subarray(0, elementCount(shape)) };
}

function joinedData(dtype: DataType, parts: readonly TensorData[]): TensorData {
  const data = new arrays[dtype](parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) for (const value of part) data[at++] = value;
  return data;
}

/** Throws where two results for the same samples differ by more than rounding. */
function checkEqual(name: string, first: Tensor | undefined, second: Tensor | undefined): void {
  for (const [i, value] of (first?.data ?? []).entries()) {
    const [a, b] = [Number(value), Number(second?.data[i])];
    if (Object.is(a, b) || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a))) continue;
    throw new RangeError(
      `FineTuning.run: a smaller batch must not change what the frozen part yields for its samples, got ${a} and ${b} at element ${i} of "${name}" beside others; leave the last samples out, or export the model with an open batch size`,
    );
  }
}

function checkType(name: string, given: Tensor | undefined, like: Tensor | undefined): void {
  const [got, wanted] = [given, like].map(typeOf);
  if (got === wanted) return;
  throw new RangeError(
    `FineTuning.run: "${name}", which the frozen part yields, must be ${wanted} as for inputs of zeros, got ${got}; its shape must not depend on numbers`,
  );
}

function typeOf(tensor: Tensor | undefined): string {
  return `${tensor?.dtype} [${tensor?.shape.join(", ")}]`;
}
