/** Decodes images in a page. */

/** Source of a canvas drawing. */
type Picture = ImageBitmap | HTMLVideoElement;

/**
 * Decodes an image file: the middle square of it, resized.
 *
 * @param file - In a format of the browser: PNG, JPEG, WebP, AVIF, GIF, BMP.
 * @param side - Height and width of the result in pixels.
 * @returns uint8 [side, side, 3].
 * @throws DOMException if the browser cannot decode it.
 */
export async function decodeImage(file: Blob, side: number): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file);
  try {
    return squarePixels(bitmap, side);
  } finally {
    bitmap.close();
  }
}

/**
 * Pixels of the middle square of a picture, transparent parts white.
 *
 * @param picture - Decoded; a video gives its present frame.
 * @param side - Height and width of the result in pixels.
 * @returns uint8 [side, side, 3].
 */
export function squarePixels(picture: Picture, side: number): Uint8Array {
  const [width, height] =
    picture instanceof ImageBitmap
      ? [picture.width, picture.height]
      : [picture.videoWidth, picture.videoHeight];
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("This browser draws no 2d canvas; use another one");
  const square = Math.min(width, height);
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, side, side);
  const [left, top] = [(width - square) / 2, (height - square) / 2];
  context.drawImage(picture, left, top, square, square, 0, 0, side, side);
  return withoutAlpha(context.getImageData(0, 0, side, side).data);
}

/** @param data - uint8 [N, 4]. */
function withoutAlpha(data: Uint8ClampedArray): Uint8Array {
  const pixels = new Uint8Array((data.length / 4) * 3);
  for (let i = 0; i < data.length / 4; i++) pixels.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return pixels;
}

/**
 * Pixels as a canvas shows them.
 *
 * @param pixels - uint8 [side, side, channels].
 * @param side - Height and width in pixels.
 */
export function imageDataOf(pixels: Uint8Array, side: number): ImageData {
  const image = new ImageData(side, side);
  const channels = pixels.length / (side * side);
  for (let i = 0; i < side * side; i++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * i + channel] = pixels[channels * i + (channels === 1 ? 0 : channel)] ?? 0;
    }
    image.data[4 * i + 3] = 255;
  }
  return image;
}
