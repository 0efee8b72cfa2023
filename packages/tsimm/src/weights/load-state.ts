/** Loads named tensors into a model, strictly. */
import type { Buffer, Parameter } from "../models/model.ts";
import type { SafeTensors } from "./safetensors.ts";

/**
 * Copies tensors into parameters and buffers in place.
 *
 * @param target - Has the state to fill; every name must be there, and no other.
 * @param tensors - Values under the same names and shapes.
 * @throws Error with the names that are missing, unexpected or of another shape; nothing has changed then.
 */
export function loadState(
  target: { readonly state: readonly (Parameter | Buffer)[] },
  tensors: SafeTensors,
): void {
  const known = new Set(target.state.map(({ name }) => name));
  const problems = [
    ...list(
      "missing",
      target.state.filter(({ name }) => !tensors.has(name)).map(({ name }) => name),
    ),
    ...list(
      "unexpected",
      [...tensors.keys()].filter((name) => !known.has(name)),
    ),
    ...target.state.flatMap((entry) => mismatch(entry, tensors)),
  ];
  if (problems.length > 0) {
    throw new Error(
      `loadState: the tensors must be those of the model, but ${problems.slice(0, 5).join("; ")}`,
    );
  }
  for (const { name, data } of target.state) {
    const source = tensors.get(name)?.data;
    if (data instanceof Float32Array && source instanceof Float32Array) data.set(source);
    else if (data instanceof BigInt64Array && source instanceof BigInt64Array) data.set(source);
  }
}

function list(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 5).join(", ");
  return [`${what}: ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`];
}

function mismatch({ name, shape, data }: Parameter | Buffer, tensors: SafeTensors): string[] {
  const tensor = tensors.get(name);
  if (tensor === undefined) return [];
  const dtype = data instanceof Float32Array ? "F32" : "I64";
  if (tensor.dtype === dtype && tensor.shape.join() === shape.join()) return [];
  return [`${name} must be ${dtype} [${shape.join(", ")}], got ${tensor.dtype} [${tensor.shape.join(", ")}]`];
}
