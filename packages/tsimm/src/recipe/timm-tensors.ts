/** Weights in a checkpoint of timm's as the state of a model here. */
import type { Model } from "../models/model.ts";
import { cleanNames } from "../weights/clean-names.ts";
import type { SafeTensor, SafeTensors } from "../weights/safetensors.ts";
import { toFloat32 } from "../weights/to-float32.ts";

/** Counter of a batch normalization, which old files lack. */
const COUNTER = /\.num_batches_tracked$/;

/**
 * The tensors in the order of the model, as float32, without what wrappers of PyTorch add to the names. Others stay behind
 * them, and those that are missing are left out: loading tells of them.
 */
export function timmTensors({ state }: Pick<Model, "state">, tensors: SafeTensors): SafeTensors {
  const names = new Set(state.map(({ name }) => name));
  const cleaned = cleanNames(tensors, names);
  const ordered = [...names, ...[...cleaned.keys()].filter((name) => !names.has(name))];
  return new Map(
    ordered.flatMap((name) => {
      const tensor = cleaned.get(name);
      if (tensor !== undefined) return [[name, converted(tensor)] as const];
      const counter: SafeTensor = { dtype: "I64", shape: [], data: BigInt64Array.of(0n) };
      return COUNTER.test(name) ? [[name, counter] as const] : [];
    }),
  );
}

function converted(tensor: SafeTensor): SafeTensor {
  const data = toFloat32(tensor);
  return data === null
    ? { dtype: tensor.dtype, shape: tensor.shape, data: tensor.data }
    : { dtype: "F32", shape: tensor.shape, data };
}
