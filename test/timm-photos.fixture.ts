/** Images that Python makes too, byte for byte: see `photos` in tools/timm-runs.py. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

/** Images of a class and split. */
const COUNTS = { train: 8, validation: 4 };
const CLASSES = ["blue", "green", "red"];

/**
 * Writes a folder of PNG images: three classes, 24 to train on and 12 to validate. Each image is noise with one channel
 * brighter than the others.
 *
 * @param side - Width and height.
 */
export async function timmPhotos(folder: string, side: number): Promise<void> {
  let count = 0;
  for (const [split, images] of Object.entries(COUNTS)) {
    for (const [bright, name] of CLASSES.entries()) {
      await mkdir(join(folder, split, name), { recursive: true });
      for (let image = 0; image < images; image++) {
        const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
          const noise = Math.imul(count++, 2654435761) >>> 24;
          return (noise >> 1) + (i % 3 === bright ? 60 : 0);
        });
        const raw = { width: side, height: side, channels: 3 } as const;
        await sharp(pixels, { raw })
          .png()
          .toFile(join(folder, split, name, `${image}.png`));
      }
    }
  }
}
