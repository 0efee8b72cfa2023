/** Images of one colour each, and tables that label them in every way a task wants. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

/** Images in all; every fourth one is for validation. */
export const IMAGES = 64;

/** Share of the strongest red, green and blue in an image: any of eight colours, all of them equally often. */
const lightsOf = (index: number) => [index & 1, (index >> 1) & 1, (index >> 2) & 1] as const;
/** The four of each eight that validate have all kinds of labels. */
const isValidation = (index: number) => (index + (index >> 3)) % 4 === 3;

/**
 * Writes `images/<n>.png` of 40x36 pixels and the tables
 *
 * - `classes.csv`: `white` (8 images) or `red` or `other`,
 * - `uneven.csv`: a few `white` among `dark`,
 * - `labels.csv`: several of red, green and blue in one cell,
 * - `numbers.csv`: `brightness` in 0 … 255 and `warmth` in -1 … 1.
 */
export async function labelledTables(root: string): Promise<void> {
  await mkdir(join(root, "images"), { recursive: true });
  const tables = {
    classes: ["path,label,split"],
    uneven: ["path,label,split"],
    labels: ["path,labels,split"],
    numbers: ["path,brightness,warmth,split"],
  };
  for (let index = 0; index < IMAGES; index++) {
    const lights = lightsOf(index);
    const colour = lights.map((light) => (light === 1 ? 200 : 40));
    const path = `images/${index}.png`;
    await writeFile(join(root, path), await noisyImage(colour, index));
    const [red, green, blue] = lights;
    const isWhite = red + green + blue === 3;
    const split = isValidation(index) ? "validation" : "train";
    const brightness = colour.reduce((sum, level) => sum + level, 0) / 3;
    const names = ["red", "green", "blue"].filter((_, channel) => lights[channel] === 1);
    tables.classes.push(`${path},${isWhite ? "white" : red === 1 ? "red" : "other"},${split}`);
    tables.uneven.push(`${path},${index % 32 === 0 || index === 3 ? "white" : "dark"},${split}`);
    tables.labels.push(`${path},${names.join("|")},${split}`);
    tables.numbers.push(`${path},${brightness},${red - blue},${split}`);
  }
  for (const [name, rows] of Object.entries(tables)) {
    await writeFile(join(root, `${name}.csv`), `${rows.join("\n")}\n`);
  }
}

async function noisyImage(colour: readonly number[], seed: number): Promise<Buffer> {
  const [width, height] = [40, 36];
  let state = seed + 1;
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.min(255, Math.max(0, (colour[at % 3] ?? 0) + (state >>> 24) / 4 - 32));
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
