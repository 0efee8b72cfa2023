/** Reads what timm's train.py saves. */
import { isJsonObject } from "../../text/json-object.ts";
import type { SafeTensors } from "../../weights/safetensors.ts";
import { type TorchDict, TorchTensor, type TorchValue } from "../../weights/torch/torch-value.ts";
import { plainValue } from "./plain-value.ts";

/** A checkpoint of timm's train.py. */
export interface TimmCheckpoint {
  /** Last epoch that is done, from 0; -1: none is. */
  readonly epoch: number;
  /** Names as the file has them. */
  readonly model: SafeTensors;
  /** The moving average; null: there is none. */
  readonly ema: SafeTensors | null;
  /** PyTorch's `state_dict()`; null: there is none. */
  readonly optimizer: TorchValue;
  /** Metric of the epoch; null: the file does not say. */
  readonly metric: number | null;
  /** Arguments by timm's keys. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Whether there is the state of a scaler of mixed precision. */
  readonly hasScaler: boolean;
}

/** From this version on `epoch` is the one that is done; before, it was the next. */
const EPOCH_DONE = 2;

/**
 * The parts of a checkpoint that a run goes on with.
 *
 * @throws Error that says what the file is instead.
 */
export function readTimmCheckpoint(value: TorchValue): TimmCheckpoint {
  if (!isDict(value)) throw new Error("it holds no checkpoint of timm's train.py");
  const weights = value.get("state_dict") ?? value.get("model");
  const [epoch, version = 1] = [value.get("epoch"), value.get("version")];
  if (!isDict(weights) || epoch === undefined) {
    throw new Error(
      "it holds weights alone, not the epoch and the optimizer; pass it as --initial-checkpoint, which starts a run from them",
    );
  }
  if (!isCount(epoch)) throw new Error(`its epoch must be an integer >= 0, got ${shown(epoch)}`);
  if (!isCount(version)) throw new Error(`its version must be an integer >= 0, got ${shown(version)}`);
  const metric = plainValue(value.get("metric") ?? null);
  const args = plainValue(value.get("args") ?? null);
  const ema = value.get("state_dict_ema") ?? value.get("model_ema");
  if (!isJsonObject(args)) {
    throw new Error(
      "it holds no arguments of the run; pass it as --initial-checkpoint, which starts a run from it",
    );
  }
  return {
    epoch: version >= EPOCH_DONE ? epoch : epoch - 1,
    model: tensorsOf(weights),
    ema: isDict(ema) ? tensorsOf(ema) : null,
    optimizer: value.get("optimizer") ?? null,
    metric: typeof metric === "number" ? metric : null,
    args,
    hasScaler: value.has("amp_scaler"),
  };
}

function isCount(value: TorchValue): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function shown(value: TorchValue): string {
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  return isPlain
    ? typeof value === "string"
      ? `"${value.slice(0, 80)}"`
      : String(value)
    : "another kind of value";
}

function tensorsOf(dict: TorchDict): SafeTensors {
  return new Map(
    [...dict].flatMap(([name, tensor]) =>
      tensor instanceof TorchTensor ? [[String(name), tensor] as const] : [],
    ),
  );
}

function isDict(value: TorchValue | undefined): value is TorchDict {
  return value instanceof Map;
}
