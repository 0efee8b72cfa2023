/** Values of a pickle, checked before anybody walks through them. */
import { AllowedName, OpenNamespace, type PickleItem } from "./pickle-item.ts";
import { damaged, TorchFileError } from "./torch-file-error.ts";
import { TorchStorage } from "./torch-storage.ts";
import type { TorchValue } from "./torch-value.ts";

/** Most containers inside one another. */
const DEEPEST = 256;
/** Most values, where one that is in several places counts in each: a walk through all of them has to end. */
const MOST_VALUES = 2 ** 23;

interface Extent {
  readonly depth: number;
  readonly count: number;
}

const LEAF: Extent = { depth: 0, count: 1 };

/**
 * Checks that a value holds only values, does not contain itself, and has an end.
 *
 * @throws TorchFileError
 */
export function checkValue(value: PickleItem): TorchValue {
  extentOf(value, 0, new Map());
  return value as TorchValue;
}

function extentOf(value: PickleItem, level: number, known: Map<PickleItem, Extent | "open">): Extent {
  const parts = partsOf(value);
  if (parts === null) return LEAF;
  const seen = known.get(value);
  if (seen === "open") throw damaged("a list or a dict must not contain itself");
  if (level + (seen?.depth ?? 0) > DEEPEST) throw damaged(`lists and dicts must be at most ${DEEPEST} deep`);
  if (seen !== undefined) return seen;
  known.set(value, "open");
  let depth = 0;
  let count = 1;
  for (const part of parts) {
    const extent = extentOf(part, level + 1, known);
    depth = Math.max(depth, extent.depth + 1);
    count += extent.count;
  }
  if (count > MOST_VALUES) throw damaged(`there must be at most ${MOST_VALUES} values`);
  known.set(value, { depth, count });
  return { depth, count };
}

/** What a container holds; null: it is no container. */
function partsOf(value: PickleItem): Iterable<PickleItem> | null {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return value.values();
  if (value instanceof OpenNamespace) return [value.entries];
  if (value instanceof AllowedName) {
    throw new TorchFileError(`it holds ${value.name} itself, which is no value; in Python leave it out`);
  }
  if (value instanceof TorchStorage) {
    throw new TorchFileError("it holds a storage without a tensor; in Python save a tensor of it");
  }
  return null;
}
