/** Memory for what a file makes of its bytes. */
import { TorchFileError } from "./torch-file-error.ts";

/** Bytes beyond those of the file. */
const SPARE = 2 ** 24;

/**
 * Bytes that copies may take: as many as the file has, and some. A small file that has one large value copied again and
 * again does not fill the memory.
 */
export class MemoryBudget {
  #left: number;

  constructor(fileBytes: number) {
    this.#left = fileBytes + SPARE;
  }

  /**
   * Takes a part, before the copy is made.
   *
   * @param what - For the error, "tensors that are not contiguous".
   * @throws TorchFileError if there is not enough.
   */
  take(bytes: number, what: string): void {
    this.#left -= bytes;
    if (!(this.#left >= 0)) throw new TorchFileError(`its ${what} take more memory than the whole file`);
  }
}
