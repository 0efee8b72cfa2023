import { crc32 } from "node:zlib";
import fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { decodeImage } from "./decode.ts";
import { grayscale } from "./transforms/color.ts";
import type { Image } from "./transforms/image.ts";

const width = 16;
const height = 8;
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256);
const colour = () => sharp(pixels, { raw: { width, height, channels: 3 } });
const image = { width, height, channels: 3, data: pixels } as const;

test.each<[string, () => Sharp]>([
  ["an RGB PNG", () => colour().png()],
  ["a PNG with transparency", () => colour().ensureAlpha(0.3).png()],
  ["a PNG of 16 bits", () => colour().toColourspace("rgb16").png()],
  ["a lossless WebP", () => colour().webp({ lossless: true })],
  ["a GIF", () => colour().gif()],
  ["a TIFF", () => colour().tiff({ compression: "none" })],
  ["a TIFF of 16 bits", () => colour().toColourspace("rgb16").tiff({ compression: "lzw" })],
  ["a lossless AVIF", () => colour().avif({ lossless: true })],
  ["a PNG with an EXIF orientation", () => colour().withMetadata({ orientation: 6 }).png()],
])("decodes %s to its pixels", async (_, file) => {
  const decoded = await decodeImage(await file().toBuffer(), 3);
  expect({ ...decoded, data: Uint8Array.from(decoded.data) }).toEqual(image);
});

test("takes the first frame of a GIF", async () => {
  const frames = Buffer.concat([Buffer.alloc(300, 255), Buffer.alloc(300, 10)]);
  const gif = await sharp(frames, { raw: { width: 10, height: 20, channels: 3, pageHeight: 10 } })
    .gif()
    .toBuffer();
  const { width, height, data } = await decodeImage(gif, 3);
  expect([width, height, data.length, ...new Set(data)]).toEqual([10, 10, 300, 255]);
});

test("ignores a colour profile", async () => {
  const file = await colour().withIccProfile("p3").png().toBuffer();
  const [ignored, applied] = [await decodeImage(file, 3), await sharp(file).raw().toBuffer()];
  const stored = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
  expect(Buffer.from(ignored.data).equals(stored)).toBe(true);
  expect(stored.equals(applied)).toBe(false);
});

test.each([
  ["a grey PNG", () => colour().greyscale().png()],
  ["a grey PNG with transparency", () => colour().greyscale().ensureAlpha(0.5).png()],
  ["a grey PNG of 16 bits", () => colour().greyscale().toColourspace("grey16").png()],
  ["a grey JPEG", () => colour().greyscale().jpeg()],
])("decodes %s to three equal channels, and to one", async (_, file) => {
  const bytes = await file().toBuffer();
  const rgb = await decodeImage(bytes, 3);
  const grey = await decodeImage(bytes, 1);
  expect(rgb).toMatchObject({ width, height, channels: 3 });
  expect(grey).toMatchObject({ width, height, channels: 1 });
  expect([...rgb.data]).toEqual([...grey.data].flatMap((level) => [level, level, level]));
  expect(new Set(grey.data).size).toBeGreaterThan(10);
});

test.each([
  ["a PNG with a palette", () => colour().png({ palette: true, colours: 16 })],
  ["a CMYK JPEG", () => colour().toColourspace("cmyk").jpeg({ quality: 100, chromaSubsampling: "4:4:4" })],
  ["a progressive JPEG", () => colour().jpeg({ progressive: true })],
])("decodes %s to RGB", async (_, file) => {
  const decoded = await decodeImage(await file().toBuffer(), 3);
  expect(decoded).toMatchObject({ width, height, channels: 3 });
  expect(decoded.data).toHaveLength(pixels.length);
  const difference = decoded.data.reduce((sum, level, i) => sum + Math.abs(level - (pixels[i] ?? 0)), 0);
  expect(difference / pixels.length).toBeLessThan(40);
});

test("one channel is Pillow's luminance", async () => {
  expect(await decodeImage(await colour().png().toBuffer(), 1)).toEqual(grayscale(image));
});

test.each([
  ["a JPEG", () => colour().resize(100, 100).jpeg(), "VipsJpeg: premature end of JPEG image"],
  ["a PNG", () => colour().resize(100, 100).png(), "vipspng: libpng read error"],
  ["a WebP", () => colour().resize(100, 100).webp(), "Input buffer has corrupt header"],
])("refuses %s that ends too early", async (_, file, message) => {
  const whole = await file().toBuffer();
  await expect(decodeImage(whole.subarray(0, whole.length / 2), 3)).rejects.toThrow(message);
});

test("refuses an image of too many pixels by its header", async () => {
  const header = Buffer.from("IHDR\0\0\0\0\0\0\0\0\x08\x02\0\0\0", "latin1");
  header.writeUInt32BE(16_000, 4);
  header.writeUInt32BE(16_000, 8);
  const chunk = (content: Buffer) => {
    const bytes = Buffer.concat([Buffer.alloc(4), content, Buffer.alloc(4)]);
    bytes.writeUInt32BE(content.length - 4);
    bytes.writeUInt32BE(crc32(content), content.length + 4);
    return bytes;
  };
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const png = Buffer.concat([
    signature,
    chunk(header),
    chunk(Buffer.from("IDAT")),
    chunk(Buffer.from("IEND")),
  ]);
  await expect(decodeImage(png, 3)).rejects.toThrow(
    "image must have at most 89478485 pixels, got 16000x16000; make it smaller",
  );
});

// Text that begins like an image is not enough either.
const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/hostname"/></svg>';
test.each([
  ["an SVG", svg],
  ["an SVG with a declaration", `<?xml version="1.0"?>\n${svg}`],
  ["a PDF", "%PDF-1.4\n1 0 obj"],
  ["a PPM", "P6 1 1 255 abc"],
  ["a HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
  ["a JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n"],
])("does not decode %s, whatever it is called", async (_, text) => {
  await expect(decodeImage(Buffer.from(text, "latin1"), 3)).rejects.toThrow(
    "Input buffer contains unsupported image format",
  );
});

test("refuses what is no image", async () => {
  const text = new TextEncoder().encode("<html>not found</html>");
  await expect(decodeImage(text, 3)).rejects.toThrow("Input buffer contains unsupported image format");
  await expect(decodeImage(new Uint8Array(0), 3)).rejects.toThrow("file is empty");
});

test("damaged bytes of every format give an image of its size or a plain error", async () => {
  const files = await Promise.all(
    [colour().png(), colour().jpeg(), colour().webp(), colour().gif(), colour().tiff(), colour().avif()].map(
      (file) => file.toBuffer(),
    ),
  );
  const edit = fc.tuple(fc.nat(), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.array(edit, { maxLength: 4 }), async (file, edits) => {
      const bytes = Uint8Array.from(file);
      for (const [place, value] of edits) bytes[place % bytes.length] = value;
      const image = await decodeImage(bytes, 3).catch((error: unknown) => error);
      if (image instanceof Error) return;
      expect(image).toMatchObject({ channels: 3 });
      const { width, height, data } = image as Image;
      expect(data).toHaveLength(width * height * 3);
    }),
    { numRuns: 100 },
  );
});
