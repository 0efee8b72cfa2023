/** Files that `torch.save` writes. */
import { decodeLegacyFile } from "./decode-legacy-file.ts";
import { decodeZipFile } from "./decode-zip-file.ts";
import { damaged, TorchFileError } from "./torch-file-error.ts";
import type { TorchValue } from "./torch-value.ts";

/**
 * Decodes a file of PyTorch: its zip archive, and the format from before PyTorch 1.6.
 *
 * Tensors, numbers, text and containers are read; whatever else the file names is refused, and nothing in it is run.
 *
 * @param bytes - The whole file. Contiguous tensors share its memory where they are aligned, and tensors that shared a
 * storage in PyTorch do so here.
 * @throws TorchFileError that says what is wrong.
 */
export function decodeTorchFile(bytes: Uint8Array): TorchValue {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return decodeZipFile(bytes);
  if (bytes[0] === 0x80) return decodeLegacyFile(bytes);
  if (bytes.length === 0) throw damaged("it is empty");
  if (new TextDecoder().decode(bytes.subarray(257, 262)) === "ustar") {
    throw new TorchFileError("it is a tar archive; unpack it, and give the file that is in it");
  }
  throw damaged("it is neither a zip archive nor a pickle");
}
