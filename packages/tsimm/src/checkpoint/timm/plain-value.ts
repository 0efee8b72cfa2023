/** Values of PyTorch's files as plain data. */
import {
  PythonFloat,
  TorchNamespace,
  TorchTensor,
  type TorchValue,
} from "../../weights/torch/torch-value.ts";

/**
 * A value as JSON has it: dicts and namespaces become objects, tensors and bytes null, integers too large for a number
 * text.
 */
export function plainValue(value: TorchValue): unknown {
  if (value instanceof PythonFloat) return value.value;
  if (value instanceof TorchNamespace) return plainValue(value.entries);
  if (value instanceof TorchTensor || value instanceof Uint8Array) return null;
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, one]) => [String(key), plainValue(one)]));
  }
  return value;
}

/** Plain data as a value of PyTorch's files; what is undefined is left out. */
export function torchValue(value: unknown): TorchValue {
  if (
    value === null ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    typeof value === "string"
  ) {
    return value;
  }
  if (Array.isArray(value)) return value.map(torchValue);
  if (typeof value === "object") {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return new Map(entries.map(([key, one]) => [key, torchValue(one)]));
  }
  throw new TypeError(`torchValue: value must be plain data, got ${typeof value}`);
}
