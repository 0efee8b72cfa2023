/** Formats of image files, told by their first bytes; what a file is called does not matter. */

/** Formats that are decoded. */
export type ImageFormat = "png" | "jpeg" | "webp" | "gif" | "bmp" | "tiff" | "avif";

/** Beginnings of files, as Latin-1 text. */
const SIGNATURES: readonly (readonly [ImageFormat, RegExp])[] = [
  ["png", /^\x89PNG\r\n.\n/s],
  ["jpeg", /^\xff\xd8\xff/],
  ["webp", /^RIFF.{4}WEBP/s],
  ["gif", /^GIF8[79]a/],
  ["bmp", /^BM/],
  ["tiff", /^(II[*+]\0|MM\0[*+])/],
  // The major brand or one of the compatible brands, which are listed after four bytes of version.
  ["avif", /^.{4}ftyp(avi[fs]|.{8}(.{4})*?avi[fs])/s],
];

/**
 * The format of an image file.
 *
 * @param bytes - The file's content.
 * @returns null for any other format, and for no image.
 */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString("latin1");
  return SIGNATURES.find(([, signature]) => signature.test(start))?.[0] ?? null;
}
