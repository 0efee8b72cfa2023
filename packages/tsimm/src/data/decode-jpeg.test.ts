/** The compiled decoder gives sharp's bytes, which are libjpeg-turbo's, or nothing. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import sharp, { type JpegOptions } from "sharp";
import { expect, test } from "vitest";
import { decodeJpeg } from "./decode-jpeg.ts";
import { pillowFiles } from "./pillow-jpegs.fixture.ts";

const MAX_PIXELS = 10_000_000;

/** An image of waves, with noise of a strength. */
function picture(width: number, height: number, noise: number): Buffer {
  return Buffer.from(
    Uint8ClampedArray.from({ length: width * height * 3 }, (_, i) => {
      const bits = Math.imul(i + 1, 0x9e3779b1) >>> 24;
      return 128 + 90 * Math.sin(i / 29) * Math.cos(i / (7 * width)) + noise * (bits - 128);
    }),
  );
}

function jpeg(width: number, height: number, options: JpegOptions & { grey?: boolean; noise?: number }) {
  const { grey = false, noise = 0.3, ...others } = options;
  const image = sharp(picture(width, height, noise), { raw: { width, height, channels: 3 } });
  return (grey ? image.toColourspace("b-w") : image).jpeg({ quality: 80, ...others }).toBuffer();
}

const bySharp = (file: Uint8Array) =>
  sharp(file, { failOn: "error", ignoreIcc: true }).removeAlpha().toColourspace("srgb").raw().toBuffer();

async function expectSame(file: Uint8Array): Promise<void> {
  const image = decodeJpeg(file, MAX_PIXELS);
  const { width, height } = await sharp(file).metadata();
  expect(image).toMatchObject({ width, height, channels: 3 });
  expect(Buffer.compare(image?.data ?? Buffer.alloc(0), await bySharp(file))).toBe(0);
}

const side = fc.integer({ min: 1, max: 70 });

test("files of all sizes and qualities give the same bytes", async () => {
  const options = fc.record({
    quality: fc.integer({ min: 1, max: 100 }),
    chromaSubsampling: fc.constantFrom("4:2:0", "4:4:4"),
    optimiseCoding: fc.boolean(),
    grey: fc.boolean(),
    noise: fc.constantFrom(0, 0.2, 2),
  });
  await fc.assert(
    fc.asyncProperty(side, side, options, async (width, height, each) => {
      // libjpeg does not interpolate colour differences of less than three columns: they are left to sharp.
      fc.pre(width > 4 || each.grey || each.chromaSubsampling === "4:4:4");
      await expectSame(await jpeg(width, height, each));
    }),
    { numRuns: 200 },
  );
});

test("a large file of many units gives the same bytes", async () => {
  await expectSame(await jpeg(1027, 771, { noise: 1 }));
});

test.each(pillowFiles)("a file of sampling $sampling gives Pillow's bytes", async ({ file, pixels }) => {
  const bytes = Buffer.from(file, "base64");
  await expectSame(bytes);
  const { data = new Uint8Array() } = decodeJpeg(bytes, MAX_PIXELS) ?? {};
  expect(createHash("sha256").update(data).digest("hex")).toBe(pixels);
});

test.each(["4:2:0", "4:4:4"])("restarts, %s, give the same bytes", async (chromaSubsampling) => {
  await expectSame(await withRestarts(43, 12, { chromaSubsampling, quality: 70, optimiseCoding: false }));
});

test.each<[string, () => Promise<Buffer>]>([
  ["a progressive file", () => jpeg(40, 30, { progressive: true })],
  [
    "four components",
    () =>
      sharp(picture(40, 30, 1), { raw: { width: 40, height: 30, channels: 3 } })
        .toColourspace("cmyk")
        .jpeg()
        .toBuffer(),
  ],
  ["a file without its last marker", async () => (await jpeg(40, 30, {})).subarray(0, -2)],
  ["a file without its last byte of data", async () => without(await jpeg(40, 30, {}), -3)],
  ["a file with a byte before its last marker", async () => withBytes(await jpeg(40, 30, {}), -2, [0x55])],
  [
    "a file without a restart",
    async () => without(await withRestarts(43, 12, { optimiseCoding: false }), "restart"),
  ],
  ["a file of headers", async () => (await jpeg(40, 30, {})).subarray(0, 200)],
  ["red, green and blue by their names", () => named("RGB")],
])("does not decode %s", async (_, file) => {
  expect(decodeJpeg(await file(), MAX_PIXELS)).toBeNull();
});

test("does not decode a file of too many pixels or bytes", async () => {
  const file = await jpeg(40, 30, {});
  expect(decodeJpeg(file, 1200)).not.toBeNull();
  expect(decodeJpeg(file, 1199)).toBeNull();
  expect(decodeJpeg(Buffer.concat([file, Buffer.alloc(2 ** 22)]), 1200)).toBeNull();
});

test("what is after the image does not matter", async () => {
  await expectSame(Buffer.concat([await jpeg(40, 30, {}), Buffer.from("\xff\xd9 a preview", "latin1")]));
});

test("a damaged file gives sharp's bytes, or nothing", async () => {
  const files = await Promise.all([
    jpeg(50, 40, {}),
    jpeg(50, 40, { chromaSubsampling: "4:4:4", optimiseCoding: false }),
    jpeg(33, 17, { grey: true }),
    withRestarts(43, 12, { optimiseCoding: false }),
  ]);
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
  let decoded = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), edits, async (file, places) => {
      const bytes = Uint8Array.from(file);
      // The first bytes tell the format.
      for (const [place, value] of places) bytes[3 + (place % (bytes.length - 3))] = value;
      const image = decodeJpeg(bytes, MAX_PIXELS);
      if (!image) return;
      decoded++;
      expect(Buffer.compare(image.data, await bySharp(bytes))).toBe(0);
    }),
    { numRuns: 400 },
  );
  expect(decoded).toBeGreaterThan(20);
});

/** A file with a restart after each row of units: the data of files of one row each, one after another. */
async function withRestarts(width: number, rows: number, options: JpegOptions): Promise<Buffer> {
  const unit = options.chromaSubsampling === "4:4:4" ? 8 : 16;
  const height = rows * unit;
  const pixels = picture(width, height, 0.5);
  const files = await Promise.all(
    Array.from({ length: rows }, (_, i) =>
      sharp(pixels.subarray(i * unit * width * 3, (i + 1) * unit * width * 3), {
        raw: { width, height: unit, channels: 3 },
      })
        .jpeg(options)
        .toBuffer(),
    ),
  );
  const data = files.map((file, i) => {
    const start = scanEnd(file);
    return Buffer.concat([
      file.subarray(start, -2),
      Buffer.from(i < rows - 1 ? [0xff, 0xd0 + (i % 8)] : [0xff, 0xd9]),
    ]);
  });
  const [first = Buffer.alloc(0)] = files;
  const head = Buffer.from(first.subarray(0, scanEnd(first)));
  const frame = head.indexOf(Buffer.from([0xff, 0xc0]));
  head.writeUInt16BE(height, frame + 5);
  const interval = [0xff, 0xdd, 0, 4, 0, Math.ceil(width / unit)];
  return Buffer.concat([head.subarray(0, frame), Buffer.from(interval), head.subarray(frame), ...data]);
}

/** Where the coded data starts. */
function scanEnd(file: Buffer): number {
  const scan = file.indexOf(Buffer.from([0xff, 0xda]));
  return scan + 2 + file.readUInt16BE(scan + 2);
}

function withBytes(file: Buffer, place: number, bytes: readonly number[]): Buffer {
  return Buffer.concat([file.subarray(0, place), Buffer.from(bytes), file.subarray(place)]);
}

/** The file without one byte, or without its first restart. */
function without(file: Buffer, what: number | "restart"): Buffer {
  const place = what === "restart" ? file.indexOf(Buffer.from([0xff, 0xd0])) : file.length + what;
  return Buffer.concat([file.subarray(0, place), file.subarray(place + (what === "restart" ? 2 : 1))]);
}

/** A file without a JFIF header, whose components have other names. */
async function named(names: string): Promise<Buffer> {
  const file = Buffer.from(await jpeg(40, 30, { chromaSubsampling: "4:4:4" }));
  for (const mark of [0xc0, 0xda]) {
    const start = file.indexOf(Buffer.from([0xff, mark])) + (mark === 0xc0 ? 10 : 5);
    for (let i = 0; i < 3; i++) file[start + i * (mark === 0xc0 ? 3 : 2)] = names.charCodeAt(i);
  }
  const jfif = file.indexOf("JFIF");
  if (jfif >= 0) file.write("JFXX", jfif);
  return file;
}
