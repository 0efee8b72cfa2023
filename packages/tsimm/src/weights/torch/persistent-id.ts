/** References of a pickle to storages beside it. */
import type { SafeTensorsType } from "../safetensors.ts";
import { AllowedName, isTuple, type PickleItem } from "./pickle-item.ts";
import { unknownType } from "./rebuilt-tensors.ts";
import { STORAGE_TYPES } from "./storage-types.ts";
import { damaged } from "./torch-file-error.ts";

/** A storage as a pickle refers to it. */
export interface PersistentId {
  readonly dtype: SafeTensorsType;
  readonly key: string;
  /** Number of elements. */
  readonly length: number;
  /** In files before PyTorch 1.6 null or a part of the storage. */
  readonly view: PickleItem | undefined;
}

/**
 * Reads `("storage", torch.FloatStorage, "0", "cpu", 12)`.
 *
 * @throws TorchFileError
 */
export function readPersistentId(id: PickleItem): PersistentId {
  if (!isTuple(id)) throw damaged("a reference to a storage must be a tuple");
  const [kind, type, key, , length, view] = id;
  const name = type instanceof AllowedName ? type.name.replace(/^.*\./, "") : "";
  const dtype = STORAGE_TYPES.get(name);
  if (kind !== "storage" || dtype === undefined) throw damaged("a reference must be to a storage of PyTorch");
  if (dtype === null) throw unknownType(name);
  if (
    !(typeof key === "string" && typeof length === "number" && Number.isSafeInteger(length) && length >= 0)
  ) {
    throw damaged("a reference to a storage must have its key and its length");
  }
  return { dtype, key, length, view };
}
