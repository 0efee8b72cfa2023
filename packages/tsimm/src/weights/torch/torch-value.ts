/** Values in files of PyTorch. */
import type { SafeTensor } from "../safetensors.ts";

/** A tensor of a file of PyTorch: little-endian elements in row-major order. */
export class TorchTensor implements SafeTensor {
  readonly dtype: SafeTensor["dtype"];
  readonly shape: readonly number[];
  readonly data: SafeTensor["data"];

  constructor({ dtype, shape, data }: SafeTensor) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }
}

/** A number that Python is to have as a float though it is whole: 1 is written as an int, this as 1.0. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Python's `argparse.Namespace`: the arguments of a training script. */
export class TorchNamespace {
  readonly entries: TorchDict;

  constructor(entries: TorchDict) {
    this.entries = entries;
  }
}

/** A dict, an ordered one too. */
export type TorchDict = ReadonlyMap<string | number | boolean | bigint | null, TorchValue>;

/**
 * A value of a file of PyTorch. A list, a tuple and a set are arrays; an int beyond 2^53 is a bigint; a float that is read
 * is a number.
 */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PythonFloat
  | TorchTensor
  | TorchNamespace
  | TorchDict
  | readonly TorchValue[];
