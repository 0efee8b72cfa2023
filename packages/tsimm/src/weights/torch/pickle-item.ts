/** What the stack of a pickle holds: values, and what they are built from. */
import type { MemoryBudget } from "./memory-budget.ts";
import type { TorchStorage } from "./torch-storage.ts";
import { TorchNamespace, TorchTensor } from "./torch-value.ts";

/** Key of a dict. */
export type PickleKey = string | number | boolean | bigint | null;

/** A dict that is being filled. */
export type PickleDict = Map<PickleKey, PickleItem>;

/** Anything on the stack. A frozen array is a tuple; one that is not, a list or a set. */
export type PickleItem =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchTensor
  | OpenNamespace
  | AllowedName
  | TorchStorage
  | PickleItem[]
  | PickleDict;

/** A name that a pickle may use. Its function is ours: nothing of Python or of the file is ever called. */
export class AllowedName {
  /** With its module: "torch._utils._rebuild_tensor_v2". */
  readonly name: string;
  /** What a call of the name gives. */
  readonly call: (args: readonly PickleItem[], budget: MemoryBudget) => PickleItem;

  constructor(name: string, call: AllowedName["call"]) {
    this.name = name;
    this.call = call;
  }
}

/** A namespace that is being filled. */
export class OpenNamespace extends TorchNamespace {
  declare readonly entries: PickleDict & TorchNamespace["entries"];
}

/** A parameter of PyTorch before 0.4, which gets its tensor after it was made. */
export class LateTensor extends TorchTensor {
  constructor() {
    super({ dtype: "F32", shape: [0], data: new Float32Array(0) });
  }

  /** Becomes the tensor. */
  fill({ dtype, shape, data }: TorchTensor): void {
    Object.assign(this, { dtype, shape, data });
  }
}

/** Whether it is a list that can be added to. */
export function isList(item: PickleItem | undefined): item is PickleItem[] {
  return Array.isArray(item) && !Object.isFrozen(item);
}

/** Whether it is a tuple. */
export function isTuple(item: PickleItem | undefined): item is PickleItem[] {
  return Array.isArray(item) && Object.isFrozen(item);
}

/** A tuple of these items. */
export function tuple(items: PickleItem[]): PickleItem[] {
  Object.freeze(items);
  return items;
}

/** Whether it can be a key of a dict. */
export function isKey(item: PickleItem): item is PickleKey {
  return item === null || ["string", "number", "boolean", "bigint"].includes(typeof item);
}
