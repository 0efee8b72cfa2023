/** From the bytes of an image file to pixels. */
import { decodeBmp, tooLarge } from "./decode-bmp.ts";
import { decodeJpeg } from "./decode-jpeg.ts";
import { type ImageFormat, imageFormat } from "./image-format.ts";
import { grayscale } from "./transforms/color.ts";
import type { Image } from "./transforms/image.ts";

/** Pixels of the largest image that is decoded: Pillow's `MAX_IMAGE_PIXELS`, 256 MiB of colours. */
const MAX_PIXELS = 89_478_485;

/**
 * Decodes an image file as Pillow's `convert("RGB")` or `convert("L")` does: transparency is dropped, EXIF
 * orientation and colour profiles are ignored, 16-bit levels keep their high byte, of several pages or frames the
 * first counts. CMYK goes through a colour profile and differs from Pillow; transparent pixels of a GIF are black.
 *
 * @param bytes - The content of a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF file, whatever it is called.
 * @param channels - 3: red, green, blue; 1: luminance.
 * @throws Error if the bytes are no such file, end too early, or hold more than 89478485 pixels.
 */
export async function decodeImage(bytes: Uint8Array, channels: 1 | 3): Promise<Image> {
  if (bytes.length === 0) throw new Error("file is empty");
  const format = imageFormat(bytes);
  // sharp would draw SVG, which reads other files.
  if (format === null) throw new Error("Input buffer contains unsupported image format");
  const image = decodeHere(bytes, format) ?? (await decodeWithSharp(bytes));
  return channels === 3 ? image : grayscale(image);
}

/** Decodes without sharp, which takes a while to start for a small file; null: it has to. */
function decodeHere(bytes: Uint8Array, format: ImageFormat): Image | null {
  if (format === "bmp") return decodeBmp(bytes, MAX_PIXELS);
  return format === "jpeg" ? decodeJpeg(bytes, MAX_PIXELS) : null;
}

async function decodeWithSharp(bytes: Uint8Array): Promise<Image> {
  const { default: sharp } = await import("sharp");
  // "error" accepts what libjpeg only warns of, as Pillow does.
  const { data, info } = await sharp(bytes, {
    failOn: "error",
    ignoreIcc: true,
    limitInputPixels: MAX_PIXELS,
  })
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(async (error: Error) => {
      if (!error.message.includes("pixel limit")) throw error;
      const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
      throw tooLarge(width, height, MAX_PIXELS);
    });
  if (data.length !== info.width * info.height * 3) {
    throw new Error(`image must have red, green and blue, got ${info.channels} channels`);
  }
  return { width: info.width, height: info.height, channels: 3, data };
}
