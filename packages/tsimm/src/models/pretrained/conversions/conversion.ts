/** Weights of other programs under timm's names. */
import type { SafeTensor, SafeTensors } from "../../../weights/safetensors.ts";

/** What a conversion knows of the model that the weights are for. */
export interface ConversionTarget {
  readonly state: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Tensors by name, not yet checked. */
export type NamedTensors = ReadonlyMap<string, SafeTensor>;

/** One way of naming weights. */
export interface WeightsConversion {
  /** Whether the weights are named that way, and the model is of the kind that has such. */
  applies(tensors: NamedTensors, target: ConversionTarget): boolean;
  convert(tensors: NamedTensors, target: ConversionTarget): SafeTensors;
}

/** Whether a model has a tensor. */
export function has({ state }: ConversionTarget, name: string): boolean {
  return state.some((tensor) => tensor.name === name);
}

/** The same tensors under other names; null leaves one out. */
export function renamed(
  tensors: NamedTensors,
  rename: (name: string) => string | null,
): Map<string, SafeTensor> {
  const result = new Map<string, SafeTensor>();
  for (const [name, tensor] of tensors) {
    const other = rename(name);
    if (other !== null) result.set(other, tensor);
  }
  return result;
}

/** The same elements under another shape, where there are as many. */
export function reshaped(tensor: SafeTensor, shape: readonly number[]): SafeTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return count === tensor.data.length ? { ...tensor, shape } : tensor;
}
