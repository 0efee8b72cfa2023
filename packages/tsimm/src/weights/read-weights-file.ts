/** Files of weights from anywhere. */
import { readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import { printable } from "../text/printable.ts";
import { pickleReason } from "./refuse-pickle.ts";
import { decodeSafetensors, type SafeTensors, type SafeTensorsMetadata } from "./safetensors.ts";

/** Tensors of a file and what it says beside them. */
export interface WeightsFile {
  readonly tensors: SafeTensors;
  readonly metadata: SafeTensorsMetadata;
}

/**
 * Reads a safetensors file.
 *
 * @throws Error with the file system's `code` if it cannot be opened; Error that says what is wrong with it, for a
 * pickle why it is refused and how to convert it.
 */
export async function readWeightsFile(path: string): Promise<WeightsFile> {
  checkNoPickle(path);
  const bytes = await readRegularFile(path, { limit: WEIGHTS_LIMIT });
  checkNoPickle(path, bytes);
  return decodeSafetensors(bytes);
}

/**
 * Refuses a pickle, by its name or by its first bytes.
 *
 * @throws Error with the reason and the line that converts it.
 */
export function checkNoPickle(path: string, bytes?: Uint8Array): void {
  const reason = pickleReason(path, bytes);
  if (reason !== null) throw new Error(`"${printable(path)}" is not read: ${reason}`);
}
