/** Where the bytes of a file are: on disk as they are, or inside an archive. */
import { closeSync, readSync } from "node:fs";
import { IMAGE_LIMIT, openRegularFileSync, readRegularFileSync } from "../files/read-file.ts";

/** A file, or a stretch of one. It can be sent to another thread. */
export interface ByteSource {
  /** Path on disk. */
  readonly file: string;
  /** The stretch that counts; absent: the whole file. */
  readonly range?: {
    /** First byte. */
    readonly offset: number;
    /** Bytes. */
    readonly length: number;
  };
}

/** Reads {@link ByteSource}s on the calling thread; keeps the archive of the last read open. */
export class ByteReader {
  #archive: { readonly file: string; readonly descriptor: number } | null = null;

  /**
   * The bytes of a source.
   *
   * @param source - What to read.
   * @throws Error if the file cannot be read, is no regular one or too large for an image, or ends before the range
   * does.
   */
  read(source: ByteSource): Uint8Array {
    const { file, range } = source;
    if (!range) return readRegularFileSync(file, { limit: IMAGE_LIMIT });
    if (!(range.length <= IMAGE_LIMIT)) {
      throw new Error(`an image file must have at most ${IMAGE_LIMIT} bytes, got ${range.length}`);
    }
    return readRange(this.#open(file), range.offset, range.length, file);
  }

  /** Closes what is open; a later `read` opens it again. */
  close(): void {
    if (this.#archive) closeSync(this.#archive.descriptor);
    this.#archive = null;
  }

  #open(file: string): number {
    if (this.#archive?.file !== file) {
      this.close();
      this.#archive = { file, descriptor: openRegularFileSync(file) };
    }
    return this.#archive.descriptor;
  }
}

function readRange(descriptor: number, offset: number, length: number, file: string): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(descriptor, bytes, filled, length - filled, offset + filled);
    if (read === 0) throw new Error(`file ends at byte ${offset + filled} of ${offset + length}: ${file}`);
    filled += read;
  }
  return bytes;
}
