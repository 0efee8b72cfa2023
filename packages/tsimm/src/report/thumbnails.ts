/** Small pictures of images, inside a page. */
import { decodeImage } from "../data/decode.ts";
import type { ImageDataset } from "../data/image-dataset.ts";

/** Pixels of the longer side; screens of twice the density show it at half of that. */
const SIDE = 224;
const QUALITY = 68;

/**
 * A picture of an image as a `data:` address.
 *
 * @param dataset - Where the image is.
 * @param index - Its index.
 * @returns null if it cannot be read.
 */
export async function thumbnail(dataset: ImageDataset, index: number): Promise<string | null> {
  try {
    const { default: sharp } = await import("sharp");
    const given = await dataset.read(index);
    const { data, width, height, channels } =
      given instanceof Uint8Array ? await decodeImage(given, 3) : given;
    const picture = await sharp(data, { raw: { width, height, channels } })
      .resize(SIDE, SIDE, { fit: "inside", withoutEnlargement: true })
      .webp({ quality: QUALITY })
      .toBuffer();
    return `data:image/webp;base64,${picture.toString("base64")}`;
  } catch {
    return null;
  }
}
