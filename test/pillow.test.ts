/** Operations of augmentation policies beside Pillow, on images and arguments of all kinds. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import {
  applyOperation,
  type OperationName,
} from "../packages/tsimm/src/data/transforms/augment/operations.ts";
import { keyedRandom, type RandomStream } from "../packages/tsimm/src/random/keyed-random.ts";
import { required } from "./required.fixture.ts";
import { run } from "./run.fixture.ts";

// Debian's, which has python3-pil 9.4.
const python = "/usr/bin/python3";
const pillow = await required("Pillow", () => run(python, ["-c", "import PIL, numpy"]));
const script = fileURLToPath(new URL("pytorch/operations.py", import.meta.url));

const folder = await mkdtemp(join(tmpdir(), "tsimm-pillow-"));
afterAll(() => rm(folder, { recursive: true }));

/** Largest arguments; negative ones too where there is a sign. */
const operations: Readonly<
  Record<string, { readonly most: number; readonly signed?: true; readonly whole?: true }>
> = {
  ...{ AutoContrast: { most: 0 }, Equalize: { most: 0 }, Invert: { most: 0 } },
  ...{ Posterize: { most: 8, whole: true }, Solarize: { most: 256, whole: true } },
  ...{
    SolarizeAdd: { most: 128, whole: true },
    Color: { most: 3 },
    Contrast: { most: 3 },
    Brightness: { most: 3 },
  },
  ...{ Sharpness: { most: 3 }, GaussianBlur: { most: 9 }, Rotate: { most: 400, signed: true } },
  ...{ ShearX: { most: 1, signed: true }, ShearY: { most: 1, signed: true } },
  ...{ TranslateXRel: { most: 1.2, signed: true }, TranslateYRel: { most: 1.2, signed: true } },
};

/** Noise, few levels, or a ramp. */
function levels(length: number, random: RandomStream): Uint8Array {
  const [kind, from, range] = [random.integer(3), random.integer(200), 1 + random.integer(56)];
  return Uint8Array.from({ length }, (_, i) => {
    if (kind === 0) return random.integer(256);
    return kind === 1 ? from + random.integer(range) : (i * range) % 256;
  });
}

const cases = Object.entries(operations).flatMap(([name, { most, signed, whole }]) =>
  Array.from({ length: 24 }, (_, i) => {
    const random = keyedRandom(8, "augment", name, i);
    const [width, height] = [1, 1].map(() => [1, 2, 3, 5, 17, 40, 63][random.integer(7)] ?? 1);
    const channels = random.integer(3) === 0 ? (1 as const) : (3 as const);
    const drawn = most * random.uniform() * (signed && random.integer(2) === 0 ? -1 : 1);
    const image = { width: width ?? 1, height: height ?? 1, channels };
    return {
      ...{ name: name as OperationName, argument: whole ? Math.round(drawn) : drawn, fill: [9, 130, 250] },
      interpolation: random.integer(2) === 0 ? ("bilinear" as const) : ("bicubic" as const),
      image: { ...image, data: levels(image.width * image.height * channels, random) },
    };
  }),
);

test.skipIf(pillow === null)(`${cases.length} operations give Pillow's bytes`, async () => {
  const file = join(folder, "cases.json");
  const asked = cases.map(({ image: { data, ...size }, ...rest }) => {
    return { ...rest, ...size, data: Buffer.from(data).toString("hex") };
  });
  await writeFile(file, JSON.stringify(asked));
  const { stdout } = await run(python, [script, file]);
  const results: string[] = JSON.parse(stdout);
  expect(results).toHaveLength(cases.length);
  const wrong = cases.filter(({ image, ...drawn }, i) => {
    const { data } = applyOperation(image, drawn, drawn);
    return Buffer.from(data).toString("hex") !== results[i];
  });
  expect(wrong.map(({ image: { data, ...size }, ...rest }) => ({ ...rest, ...size }))).toEqual([]);
});
