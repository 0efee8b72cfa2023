/** Puts a state dict into a model. */
import { printable } from "../text/printable.ts";
import type { SafeTensor, SafeTensors } from "./safetensors.ts";
import { checkIsHere, noteWritten } from "./state-elsewhere.ts";
import { toFloat32 } from "./to-float32.ts";

/** Names shown of those that only the file has: there is no bound to them. */
const MOST_UNEXPECTED = 8;

/** What tensors are loaded into: a model. */
export interface ModelState {
  readonly name: string;
  /** Parameters and buffers in state-dict order. */
  readonly state: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: Float32Array | BigInt64Array;
  }[];
}

/** Counters of batch normalizations, which PyTorch's files from before 0.4.1 lack; they begin at 0 then. */
const COUNTER = /(^|\.)num_batches_tracked$/;

/**
 * Copies tensors into a model's parameters and buffers. All of them must be there, and nothing else; counters of batches
 * may be missing, and floating-point numbers of other precisions become float32.
 *
 * @param model - Its `state` arrays are written in place, and only if everything fits.
 * @param tensors - By state-dict name.
 * @throws Error that lists all missing and misshapen tensors, the first unexpected ones, those with NaN or infinities, and negative
 * running variances; Error if a device has newer weights than the model, which would lose what else it has.
 * @example
 * const model = { name: "linear", state: [{ name: "fc.bias", shape: [2], data: new Float32Array(2) }] };
 * const bias = { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) } as const;
 * loadState(model, new Map([["fc.bias", bias]]));
 * model.state[0].data; // => Float32Array [1, 2]
 */
export function loadState(model: ModelState, tensors: SafeTensors): void {
  const copy = copiesInto(model, tensors);
  checkIsHere("loadState", model);
  copy();
  noteWritten(model);
}

/**
 * Checks tensors as {@link loadState} does, whatever a device holds.
 *
 * @returns Copies them.
 */
export function copiesInto(model: ModelState, tensors: SafeTensors): () => void {
  const names = new Set(model.state.map(({ name }) => name));
  const missing = [...names].filter((name) => !tensors.has(name) && !COUNTER.test(name));
  const unexpected = [...tensors.keys()].filter((name) => !names.has(name));
  const unfit: string[] = [];
  const copies: (() => void)[] = [];
  for (const { name, shape, data } of model.state) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      if (data instanceof BigInt64Array) copies.push(() => data.fill(0n));
      continue;
    }
    const values = data instanceof Float32Array ? toFloat32(tensor) : tensor.data;
    const copy = values === null ? null : copyOf(data, values);
    if (copy !== null && tensor.shape.join() === shape.join()) copies.push(copy);
    else {
      const expected = `${data instanceof Float32Array ? "F32" : "I64"} [${shape}]`;
      unfit.push(`${name} must be ${expected}, got ${tensor.dtype} [${tensor.shape}]`);
    }
    if (!(values instanceof Float32Array)) continue;
    const variance = name.endsWith("running_var");
    const at = values.findIndex((x) => !(Number.isFinite(x) && (!variance || x >= 0)));
    const allowed = variance ? "finite and >= 0" : "finite";
    if (at >= 0) unfit.push(`${name} must be ${allowed}, got ${values[at]} at element ${at}`);
  }
  const problems = [
    ...listed("missing", missing),
    ...listed("unexpected", unexpected, MOST_UNEXPECTED),
    ...listed("unfit", unfit),
  ];
  if (problems.length > 0) {
    throw new Error(
      printable(`loadState: tensors must be the state of ${model.name}; ${problems.join("; ")}`),
    );
  }
  return () => {
    for (const copy of copies) copy();
  };
}

function copyOf(target: Float32Array | BigInt64Array, data: SafeTensor["data"]): (() => void) | null {
  if (target instanceof Float32Array && data instanceof Float32Array) return () => target.set(data);
  if (target instanceof BigInt64Array && data instanceof BigInt64Array) return () => target.set(data);
  return null;
}

function listed(title: string, items: readonly string[], most: number = items.length): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, most).join(", ");
  const more = items.length > most ? `, and ${items.length - most} more` : "";
  return [`${items.length} ${title}: ${shown}${more}`];
}
