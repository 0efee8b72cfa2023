/** The weights in a checkpoint of PyTorch. */
import type { SafeTensor, SafeTensors } from "../safetensors.ts";
import { shown, TorchFileError } from "./torch-file-error.ts";
import { type TorchDict, TorchNamespace, TorchTensor, type TorchValue } from "./torch-value.ts";

/** Entries with a moving average, in timm's order. */
const AVERAGES = ["state_dict_ema", "model_ema"];
/** Entries with plain weights, in timm's order, and the one of PyTorch's tutorials. */
const PLAIN = ["state_dict", "model", "model_state_dict"];

/** Weights, and what a checkpoint says beside them. */
export interface TorchWeights {
  readonly tensors: SafeTensors;
  /** Whether they are a moving average. */
  readonly average: boolean;
  /** Arguments of the training script; null: there are none. */
  readonly args: TorchValue;
}

/**
 * Takes the state dict out of a checkpoint, the moving average where there is one, as timm does.
 *
 * @param value - A state dict, or a dict that has one.
 * @param options - `average`: false takes the plain weights.
 * @throws TorchFileError that says what there is instead.
 */
export function torchWeights(
  value: TorchValue,
  { average = true }: { readonly average?: boolean } = {},
): TorchWeights {
  if (!isDict(value)) throw new TorchFileError(`it must hold tensors by name, got ${kindOf(value)}`);
  const args = value.get("args") ?? null;
  const averaged = partOf(value, AVERAGES);
  const plain = partOf(value, PLAIN);
  if (average && averaged !== null) return { ...averaged, average: true, args };
  if (plain !== null) return { ...plain, average: false, args };
  if (averaged !== null) throw new TorchFileError("it must hold plain weights, got a moving average alone");
  return { tensors: tensorsOf("it", value), average: false, args };
}

/** The first of these entries that is a dict. */
function partOf(checkpoint: TorchDict, names: readonly string[]): { readonly tensors: SafeTensors } | null {
  for (const name of names) {
    const part = checkpoint.get(name);
    if (part !== undefined && isDict(part)) return { tensors: tensorsOf(`its ${name}`, part) };
  }
  return null;
}

function tensorsOf(what: string, dict: TorchDict): SafeTensors {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, value] of dict) {
    if (typeof name !== "string" || !(value instanceof TorchTensor)) {
      throw new TorchFileError(
        `${what} must hold tensors by name, got ${kindOf(value)} as "${shown(String(name))}"`,
      );
    }
    tensors.set(name, value);
  }
  if (tensors.size === 0) throw new TorchFileError(`${what} must hold tensors by name, got none`);
  return tensors;
}

function isDict(value: TorchValue): value is TorchDict {
  return value instanceof Map;
}

function kindOf(value: TorchValue): string {
  if (value === null) return "None";
  if (value instanceof TorchTensor) return "a tensor";
  if (value instanceof TorchNamespace) return "a namespace";
  if (value instanceof Map) return "a dict";
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? "text" : typeof value === "boolean" ? "True or False" : "a number";
}
