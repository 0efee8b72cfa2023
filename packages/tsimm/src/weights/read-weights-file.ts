/** Files of weights from anywhere. */
import { readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import { printable } from "../text/printable.ts";
import { decodeSafetensors, type SafeTensors, type SafeTensorsMetadata } from "./safetensors.ts";
import { decodeTorchFile } from "./torch/decode-torch-file.ts";
import { TorchFileError } from "./torch/torch-file-error.ts";
import type { TorchValue } from "./torch/torch-value.ts";
import { torchWeights } from "./torch/torch-weights.ts";
import { isTorchName } from "./weights-file-name.ts";

/** Tensors of a file and what it says beside them. */
export interface WeightsFile {
  readonly tensors: SafeTensors;
  /** Of a safetensors file; a file of PyTorch has none. */
  readonly metadata: SafeTensorsMetadata;
  /** Of a checkpoint of PyTorch. */
  readonly torch?: {
    /** Whether the tensors are a moving average. */
    readonly average: boolean;
    /** Arguments of the training script; null: there are none. */
    readonly args: TorchValue;
  };
}

/**
 * Reads a safetensors file, or a file of PyTorch: a state dict or a checkpoint with one. Nothing in it is run.
 *
 * @param options - `average`: false takes the plain weights of a checkpoint of PyTorch, where there is a moving average.
 * @throws Error with the file system's `code` if it cannot be opened; Error that says what is wrong with it.
 */
export async function readWeightsFile(
  path: string,
  options: { readonly average?: boolean } = {},
): Promise<WeightsFile> {
  const bytes = await readRegularFile(path, { limit: WEIGHTS_LIMIT });
  if (!isTorchFile(path, bytes)) return decodeSafetensors(bytes);
  try {
    const { tensors, ...torch } = torchWeights(decodeTorchFile(bytes), options);
    return { tensors, metadata: {}, torch };
  } catch (error) {
    if (!(error instanceof TorchFileError)) throw error;
    throw new Error(`"${printable(path)}" is not read: ${error.reason}`, { cause: error });
  }
}

/**
 * Why a file could not be read, to be put behind its name.
 *
 * @param error - What {@link readWeightsFile} threw for `path`.
 */
export function reasonNotRead(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message.replace(`"${printable(path)}" is not read: `, "");
}

/** By its first bytes, and where they are of no format by its name. */
function isTorchFile(path: string, bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes;
  // The length of a header, less than 4 GiB, and its first bracket.
  const isSafetensors = bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);
  if (isSafetensors) return false;
  const isZip = first === 0x50 && second === 0x4b && third === 3 && fourth === 4;
  const isPickle = first === 0x80 && Number(second) >= 2 && Number(second) <= 5;
  return isZip || isPickle || isTorchName(path);
}
