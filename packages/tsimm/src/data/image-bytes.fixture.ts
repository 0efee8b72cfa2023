/** Files of a data set of files, for tests. */
import type { ByteSource } from "./byte-source.ts";
import type { ImageDataset } from "./image-dataset.ts";

/** The bytes of a sample's file. */
export async function bytesOf(dataset: ImageDataset, index: number): Promise<Uint8Array> {
  const bytes = await dataset.read(index);
  if (bytes instanceof Uint8Array) return bytes;
  throw new Error(`image ${index} has no file`);
}

/** Where a sample's file is. */
export function fileOf({ source }: ImageDataset, index: number): ByteSource {
  if (source) return source(index);
  throw new Error(`image ${index} has no file`);
}
