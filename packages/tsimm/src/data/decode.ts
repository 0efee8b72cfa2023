/** From the bytes of an image file to pixels. */
import { grayscale } from "./transforms/color.ts";
import type { Image } from "./transforms/image.ts";

/**
 * Decodes a JPEG, PNG or WebP file as Pillow's `convert("RGB")` or `convert("L")` does: transparency is
 * dropped, EXIF orientation and colour profiles are ignored, 16-bit levels keep their high byte. CMYK goes
 * through a colour profile and differs from Pillow.
 *
 * @param bytes - The file's content.
 * @param channels - 3: red, green, blue; 1: luminance.
 * @throws Error if the bytes are no such file, or end too early.
 */
export async function decodeImage(bytes: Uint8Array, channels: 1 | 3): Promise<Image> {
  if (bytes.length === 0) throw new Error("file is empty");
  const { default: sharp } = await import("sharp");
  // "error" accepts what libjpeg only warns of, as Pillow does.
  const { data, info } = await sharp(bytes, { failOn: "error", ignoreIcc: true })
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const image: Image = { width: info.width, height: info.height, channels: 3, data };
  return channels === 3 ? image : grayscale(image);
}
