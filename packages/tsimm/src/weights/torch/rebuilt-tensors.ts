/** Tensors as their pickles call for them. */

import { buildTensor } from "./build-tensor.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { AllowedName, isTuple, LateTensor, type PickleItem } from "./pickle-item.ts";
import { DTYPES } from "./storage-types.ts";
import { damaged, shown, TorchFileError } from "./torch-file-error.ts";
import { TorchStorage } from "./torch-storage.ts";
import { TorchTensor } from "./torch-value.ts";

/** Most dimensions of a tensor, PyTorch's limit. */
const MOST_DIMENSIONS = 64;

type Call = AllowedName["call"];

/** `_rebuild_tensor(storage, offset, shape, strides, …)`: what follows is about gradients. */
export const rebuildTensor: Call = ([storage, offset, shape, strides], budget) => {
  const layout = { offset: asInteger(offset), shape: asIntegers(shape), strides: asIntegers(strides) };
  return buildTensor(asStorage(storage), layout, budget);
};

/** `_rebuild_tensor_v3(storage, offset, shape, strides, …, …, dtype)`: the storage is of bytes. */
export const rebuildTensorOfType: Call = (args, budget) => {
  const [storage, , , , , , type] = args;
  const bytes = asStorage(storage);
  const name = typeof type === "string" ? type.replace(/^torch\./, "") : "";
  const dtype = DTYPES.get(name);
  if (dtype === undefined) throw damaged("a tensor must have a dtype");
  if (dtype === null) throw unknownType(name);
  budget.take(bytes.length, "tensors of storages of bytes");
  return rebuildTensor([bytes.as(dtype), ...args.slice(1, 4)], budget);
};

/** `_rebuild_from_type_v2(function, type, arguments, attributes)`: a tensor with attributes, which are left out. */
export const rebuildFromType: Call = ([build, , args], budget) => {
  if (!(build instanceof AllowedName && isTuple(args))) throw damaged("a tensor must be built by a function");
  if (build.call === rebuildFromType) {
    throw damaged("a tensor must be built by another function than its own");
  }
  return build.call(args, budget);
};

/** A parameter is its tensor; one without a tensor gets it later. */
export const parameter: Call = ([tensor]) => {
  if (tensor === undefined) return new LateTensor();
  if (tensor instanceof TorchTensor) return tensor;
  throw damaged("a parameter must be made of a tensor");
};

/** A name that is only an argument of others. */
export const notCalled: Call = () => {
  throw damaged("a class of storages must not be called");
};

/** A name of PyTorch's list for what this program has no use for. */
export function notRead(what: string): Call {
  return () => {
    throw new TorchFileError(`it holds ${what}, which is not read; in Python leave it out or convert it`);
  };
}

/** The error for a type of elements that is not read. */
export function unknownType(name: string): TorchFileError {
  const types = [...DTYPES].filter(([, dtype]) => dtype !== null).map(([known]) => known);
  return new TorchFileError(
    `it holds a tensor of ${shown(name)}, which is not read; in Python convert it to one of ${types.join(", ")}`,
  );
}

/** Late tensors are filled by what a pickle of PyTorch before 0.4 sets: a tensor or its place in a storage. */
export function fillLateTensor(late: LateTensor, state: PickleItem, budget: MemoryBudget): void {
  if (!isTuple(state)) throw damaged("the state of a parameter must be a tuple");
  const [first] = state;
  if (first instanceof TorchStorage) {
    const tensor = rebuildTensor(state, budget);
    if (tensor instanceof TorchTensor) late.fill(tensor);
  } else if (first instanceof TorchTensor) late.fill(first);
  else throw damaged("the state of a parameter must have its tensor");
}

function asStorage(item: PickleItem | undefined): TorchStorage {
  if (item instanceof TorchStorage) return item;
  throw damaged("a tensor must have a storage");
}

function asIntegers(item: PickleItem | undefined): number[] {
  if (isTuple(item) && item.length <= MOST_DIMENSIONS) return item.map(asInteger);
  throw damaged(`shape and strides of a tensor must be tuples of at most ${MOST_DIMENSIONS}`);
}

function asInteger(item: PickleItem | undefined): number {
  if (typeof item === "number" && Number.isSafeInteger(item)) return item;
  throw damaged("offset, shape and strides of a tensor must be integers");
}
