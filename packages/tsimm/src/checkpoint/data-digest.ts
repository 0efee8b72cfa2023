/** A fingerprint of a data set: whether a run goes on with the images it began with. */
import { createHash, type Hash } from "node:crypto";
import { statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ByteReader, type ByteSource } from "../data/byte-source.ts";
import type { ImageDataset } from "../data/image-dataset.ts";
import { readSample } from "../data/image-source.ts";

/** Digests of the images of a run. */
export interface DataDigest {
  readonly training: string;
  /** null: no validation. */
  readonly validation: string | null;
}

/** Files whose size counts, spread over the data set: asking for each of a million takes minutes on a network disk. */
const SIZES = 10_000;
/** Files whose bytes count. */
const CONTENTS = 2_000;
/** Bytes read of all of them together. */
const CONTENT_BYTES = 64 * 1024 * 1024;

/** Digests of both data sets; see {@link datasetDigest}. */
export async function dataDigest({
  training,
  validation,
}: {
  readonly training: ImageDataset;
  readonly validation: ImageDataset | null;
}): Promise<DataDigest> {
  return {
    training: await datasetDigest(training),
    validation: validation === null ? null : await datasetDigest(validation),
  };
}

/**
 * SHA-256 over the class names and, for every image, path below the split's folder and label; over the size of up to
 * 10,000 of them, and the bytes of up to 2,000 (64 MiB in all; of each a piece from its start), evenly spread. Where
 * the folder or archive lies and the dates of files do not count: copies change them. Of images that are no files, up to
 * 2,000 are read and count.
 *
 * @returns 64 hexadecimal digits.
 */
export async function datasetDigest(dataset: ImageDataset): Promise<string> {
  const { classNames, samples, description } = dataset;
  const hash = createHash("sha256").update(JSON.stringify(classNames));
  const reader = new ByteReader();
  const root = `${description}/`;
  const perFile = Math.floor(CONTENT_BYTES / Math.min(samples.length, CONTENTS));
  try {
    for (const [index, { path, label }] of samples.entries()) {
      hash.update(JSON.stringify([path.startsWith(root) ? path.slice(root.length) : path, label]));
      const hasContent = isPicked(index, samples.length, CONTENTS);
      if (dataset.source) {
        if (isPicked(index, samples.length, SIZES)) {
          const source = dataset.source(index);
          const size = sizeOf(source);
          hash.update(`${size} `);
          if (size !== null && hasContent) hash.update(contentOf(reader, source, Math.min(size, perFile)));
        }
      } else if (hasContent) await addImage(hash, dataset, { index, perFile });
      // Lets messages in, a wish to stop among them.
      if (index % 1000 === 999) await nextTurn();
    }
  } finally {
    reader.close();
  }
  return hash.digest("hex");
}

/** Adds size and first bytes of an image that is no file; of one that cannot be read, that it has none. */
async function addImage(
  hash: Hash,
  dataset: ImageDataset,
  { index, perFile }: { readonly index: number; readonly perFile: number },
): Promise<void> {
  const image = await readSample(dataset, index);
  const bytes = image instanceof Uint8Array ? image : "data" in image ? image.data : null;
  const shape = "data" in image ? `${image.width} ${image.height} ${image.channels} ` : "";
  hash.update(`${shape}${bytes?.length ?? null} `);
  if (bytes) hash.update(bytes.subarray(0, perFile));
}

/** Whether an index is one of `count` that are evenly spread over `length`. */
function isPicked(index: number, length: number, count: number): boolean {
  return length <= count || Math.floor(((index + 1) * count) / length) > Math.floor((index * count) / length);
}

/** Bytes of a file; null where there is no regular file, or none that may be looked at. */
function sizeOf({ file, range }: ByteSource): number | null {
  if (range) return range.length;
  try {
    const stats = statSync(file);
    return stats.isFile() ? stats.size : null;
  } catch {
    return null;
  }
}

/** The first bytes; none where they cannot be read, which the loader says when it comes to the image. */
function contentOf(reader: ByteReader, { file, range }: ByteSource, length: number): Uint8Array {
  try {
    return reader.read({ file, range: { offset: range?.offset ?? 0, length } });
  } catch {
    return new Uint8Array();
  }
}
