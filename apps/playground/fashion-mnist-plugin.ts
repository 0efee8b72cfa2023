/** A vite plugin: the images that come with tsimm as one static file, made from their tar when a page is built. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import sharp from "sharp";
import { fashionMnistMini, type ImageDataset, openDataset } from "tsimm";
import type { Plugin } from "vite";

const MODULE = "virtual:fashion-mnist-mini";
const ID = `\0${MODULE}`;
const FILE = "fashion-mnist-mini.bin";

/** Side of an image in pixels. */
const SIDE = 28;

/**
 * Serves `virtual:fashion-mnist-mini`: names of classes, counts, and the address of the pixels.
 *
 * The file is gzip of uint8 [N, 28, 28], training images first, each split in the order of the classes.
 */
export function fashionMnistPlugin(): Plugin {
  let isBuild = false;
  let packed: ReturnType<typeof packImages> | undefined;
  return {
    name: "fashion-mnist-mini",
    configResolved({ command }) {
      isBuild = command === "build";
    },
    resolveId: (id) => (id === MODULE ? ID : null),
    async load(id) {
      if (id !== ID) return null;
      packed ??= packImages();
      const { bytes, classNames, counts } = await packed;
      const url = isBuild
        ? `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: "asset", name: FILE, source: bytes })}`
        : JSON.stringify(`data:application/octet-stream;base64,${Buffer.from(bytes).toString("base64")}`);
      return [
        `export const side = ${SIDE};`,
        `export const classNames = ${JSON.stringify(classNames)};`,
        `export const counts = ${JSON.stringify(counts)};`,
        `export const url = ${url};`,
      ].join("\n");
    },
  };
}

/** Pixels of both splits, and images of each class in them. */
async function packImages(): Promise<{
  readonly bytes: Uint8Array;
  readonly classNames: readonly string[];
  readonly counts: Readonly<Record<"train" | "validation", readonly number[]>>;
}> {
  const train = await openDataset({ dataDir: fashionMnistMini, split: "train" });
  const { classNames } = train;
  const validation = await openDataset({ dataDir: fashionMnistMini, split: "validation", classNames });
  const pixels = await Promise.all([train, validation].map(pixelsOf));
  const bytes = await promisify(gzip)(Buffer.concat(pixels), { level: 9 });
  return { bytes, classNames, counts: { train: countsOf(train), validation: countsOf(validation) } };
}

async function pixelsOf(dataset: ImageDataset): Promise<Buffer> {
  const images = await Promise.all(
    dataset.samples.map(async (_, index) => {
      const image = await dataset.read(index);
      if (!(image instanceof Uint8Array)) throw new TypeError("fashionMnistPlugin: images must be files");
      return sharp(image).toColourspace("b-w").raw().toBuffer();
    }),
  );
  const whole = Buffer.concat(images);
  if (whole.length === images.length * SIDE * SIDE) return whole;
  throw new RangeError(`fashionMnistPlugin: images must have ${SIDE} x ${SIDE} pixels`);
}

/** Images of each class; the samples come class by class. */
function countsOf({ classNames, samples }: ImageDataset): number[] {
  return classNames.map((_, label) => samples.filter((sample) => sample.label === label).length);
}
