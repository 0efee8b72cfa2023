/** Functions for the names that a pickle may call. */
import type { MemoryBudget } from "./memory-budget.ts";
import {
  type AllowedName,
  isKey,
  isList,
  isTuple,
  OpenNamespace,
  type PickleDict,
  type PickleItem,
} from "./pickle-item.ts";
import {
  notRead,
  parameter,
  rebuildFromType,
  rebuildTensor,
  rebuildTensorOfType,
} from "./rebuilt-tensors.ts";
import { damaged, shown } from "./torch-file-error.ts";

/** Functions of ours by the full name in Python. */
export const calledNames: ReadonlyMap<string, AllowedName["call"]> = new Map([
  ["collections.OrderedDict", ([items], budget) => dictOf(items, budget)],
  ["collections.Counter", ([items], budget) => dictOf(items, budget)],
  ["argparse.Namespace", () => new OpenNamespace(new Map())],
  ["builtins.set", ([items]) => listOf(items)],
  ["builtins.bytes", ([bytes], budget) => bytesOf(bytes, budget)],
  ["builtins.bytearray", ([bytes], budget) => bytesOf(bytes, budget)],
  ["builtins.complex", notRead("a complex number")],
  ["_codecs.encode", ([text], budget) => bytesOf(text, budget)],
  ["torch.Size", ([sizes]) => listOf(sizes)],
  ["torch.device", device],
  ["torch.serialization._get_layout", ([layout]) => textOf(layout)],
  ["torch.Tensor", parameter],
  ["torch.nn.parameter.Parameter", parameter],
  ["torch._utils._rebuild_parameter", parameter],
  ["torch._utils._rebuild_parameter_with_state", parameter],
  ["torch._utils._rebuild_tensor", rebuildTensor],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_tensor_v3", rebuildTensorOfType],
  ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
  ["torch._utils._rebuild_sparse_tensor", notRead("a sparse tensor")],
  ["torch._utils._rebuild_sparse_csr_tensor", notRead("a sparse tensor")],
  ["torch._utils._rebuild_qtensor", notRead("a quantized tensor")],
  ["torch._utils._rebuild_nested_tensor", notRead("a nested tensor")],
  ["torch._utils._rebuild_meta_tensor_no_storage", notRead("a tensor without its data")],
  ["torch._utils._rebuild_wrapper_subclass", notRead("a tensor of a class of its own")],
  ["torch._utils._rebuild_device_tensor_from_numpy", notRead("a tensor of a device")],
  ["torch._utils._rebuild_device_tensor_from_cpu_tensor", notRead("a tensor of a device")],
] satisfies [string, AllowedName["call"]][]);

/** Bytes of an entry of a dict, about. */
const BYTES_OF_ENTRY = 64;

/** `torch.device("cuda", 1)` */
function device([type, index]: readonly PickleItem[]): string {
  if (index === undefined) return textOf(type);
  if (typeof index !== "number") throw damaged("the index of a device must be a number");
  return `${textOf(type)}:${index}`;
}

function textOf(item: PickleItem | undefined): string {
  if (typeof item === "string") return item;
  throw damaged("a device or a layout must be text");
}

function listOf(items: PickleItem | undefined): PickleItem[] {
  if (items === undefined) return [];
  if (isList(items) || isTuple(items)) return items;
  throw damaged("a list must be made of a list or a tuple");
}

function dictOf(items: PickleItem | undefined, budget: MemoryBudget): PickleDict {
  if (items === undefined) return new Map();
  if (items instanceof Map) return items;
  const pairs = listOf(items);
  budget.take(pairs.length * BYTES_OF_ENTRY, "dicts");
  const dict: PickleDict = new Map();
  for (const pair of pairs) {
    const [key, value] = listOf(pair);
    if (key === undefined || value === undefined) throw damaged("a dict must be made of pairs");
    setEntry(dict, key, value);
  }
  return dict;
}

/**
 * Puts an entry into a dict.
 *
 * @throws TorchFileError if the key is there already, or is not text, a number or None.
 */
export function setEntry(dict: PickleDict, key: PickleItem, value: PickleItem): void {
  if (!isKey(key)) throw damaged("a key of a dict must be text, a number or None");
  if (dict.has(key)) throw damaged(`a dict must have each key once, got "${shown(String(key))}" twice`);
  dict.set(key, value);
}

/** Bytes as pickles before protocol 3 hold them: as text of one character a byte. */
function bytesOf(source: PickleItem | undefined, budget: MemoryBudget): Uint8Array {
  if (source === undefined) return new Uint8Array(0);
  if (source instanceof Uint8Array) return source;
  if (typeof source !== "string") throw damaged("bytes must be made of text");
  budget.take(source.length, "bytes");
  const bytes = new Uint8Array(source.length);
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    if (code > 0xff) throw damaged("text of bytes must be Latin-1");
    bytes[i] = code;
  }
  return bytes;
}
