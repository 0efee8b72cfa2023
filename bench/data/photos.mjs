/** JPEG files for measurements. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { keyedRandom } from "../../packages/tsimm/dist/random/keyed-random.js";

/**
 * Writes a data set of two classes: images of 500x375 with smooth areas and some noise, of about 45 kB as JPEG.
 *
 * @param {number} count
 * @returns Its folder, to be removed by the caller.
 */
export async function makePhotos(count) {
  const root = await mkdtemp(join(tmpdir(), "tsimm-bench-"));
  const [width, height] = [500, 375];
  for (let i = 0; i < count; i++) {
    const folder = join(root, "train", i % 2 === 0 ? "even" : "odd");
    await mkdir(folder, { recursive: true });
    const random = keyedRandom(i, "init");
    const waves = Array.from({ length: 12 }, () => [
      random.uniform() / 12,
      random.uniform() / 12,
      6 * random.uniform(),
    ]);
    const data = new Uint8ClampedArray(width * height * 3);
    for (let p = 0, at = 0; p < width * height; p++) {
      for (let c = 0; c < 3; c++) {
        let level = 128 + 10 * random.normal();
        for (let k = c * 4; k < c * 4 + 4; k++) {
          const [fx, fy, phase] = waves[k];
          level += 25 * Math.sin(fx * (p % width) + fy * Math.floor(p / width) + phase);
        }
        data[at++] = level;
      }
    }
    const jpeg = sharp(new Uint8Array(data.buffer), { raw: { width, height, channels: 3 } }).jpeg({
      quality: 85,
    });
    await writeFile(join(folder, `${i}.jpg`), await jpeg.toBuffer());
  }
  return root;
}
