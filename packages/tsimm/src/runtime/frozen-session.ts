/** The frozen part of an ONNX model on an engine. */
import { elementCount, type FrozenPart, type Tensor } from "@tsimm/autodiff";
import { arrays } from "./arrays.ts";
import type { Engine } from "./engine.ts";

/** A loaded frozen part. */
export interface FrozenSession {
  /** What it yields for inputs of zeros, by output. */
  readonly values: Readonly<Record<string, Tensor>>;
  /**
   * Computes its `outputs`.
   *
   * @throws RangeError if one has another type or shape than for zeros.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  /** Releases the native memory. */
  close(): Promise<void>;
}

/**
 * Loads the frozen part of a model and runs it once, on zeros, for the types of what it yields.
 *
 * @param threads - Absent: all cores.
 * @throws Error if the engine refuses it.
 */
export async function createFrozenSession(
  engine: Engine,
  { model, inputs, outputs, reason }: FrozenPart,
  threads: number | undefined,
): Promise<FrozenSession> {
  const refused = (error: unknown) =>
    new Error(
      `createFineTuning: what is frozen must run in the engine as it is, got "${error instanceof Error ? error.message : error}"; it is apart from what is trained because of ${reason}`,
      { cause: error },
    );
  const session = await engine.load(model, threads === undefined ? {} : { threads }).catch((error) => {
    throw refused(error);
  });
  const zeros = inputs.map(({ name, dtype, shape }): [string, Tensor] => [
    name,
    { dtype, shape, data: new arrays[dtype](elementCount(shape)) },
  ]);
  const values = await session.run(Object.fromEntries(zeros)).catch(async (error) => {
    await session.close();
    throw refused(error);
  });
  const empty = outputs.find((name) => values[name]?.data.length === 0);
  if (empty !== undefined) {
    await session.close();
    throw new RangeError(
      `createFineTuning: "${empty}", which the frozen part yields, must have elements, got ${typeOf(values[empty])} for inputs of zeros; its shape must not depend on numbers`,
    );
  }
  return {
    values,
    async run(feeds) {
      if (outputs.length === 0) return {};
      const given = inputs.flatMap(({ name }) => {
        const tensor = feeds[name];
        return tensor ? [[name, tensor] as const] : [];
      });
      const results = await session.run(Object.fromEntries(given), outputs);
      for (const name of outputs) {
        const [got, wanted] = [results[name], values[name]].map(typeOf);
        if (got === wanted) continue;
        throw new RangeError(
          `FineTuning.run: "${name}", which the frozen part yields, must be ${wanted} as for inputs of zeros, got ${got}; its shape must not depend on numbers`,
        );
      }
      return results;
    },
    close: () => session.close(),
  };
}

function typeOf(tensor: Tensor | undefined): string {
  return `${tensor?.dtype} [${tensor?.shape.join(", ")}]`;
}
