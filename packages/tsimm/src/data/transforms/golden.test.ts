import { expect, test } from "vitest";
import { goldenBits, readGolden } from "../../models/golden.fixture.ts";
import { keyedRandom } from "../../random/keyed-random.ts";
import { adjustBrightness, adjustContrast, adjustSaturation, grayscale } from "./color.ts";
import { evaluationTransform } from "./evaluation-transform.ts";
import { flipHorizontally } from "./flip.ts";
import type { Image } from "./image.ts";
import type { Interpolation } from "./resampling-weights.ts";
import { resize } from "./resize.ts";

interface Golden {
  readonly salt: number;
  readonly resize: readonly {
    readonly name: string;
    readonly size: readonly [number, number];
    readonly out: readonly [number, number];
    readonly mode: Interpolation | "nearest";
    readonly pixels_hwc: readonly number[];
  }[];
  readonly resized_crop: readonly {
    readonly name: string;
    readonly size: readonly [number, number];
    readonly crop_ijhw: readonly [number, number, number, number];
    readonly out: readonly [number, number];
    readonly mode: Interpolation;
    readonly pixels_hwc: readonly number[];
  }[];
  readonly eval_transform: readonly {
    readonly name: string;
    readonly size: readonly [number, number];
    readonly img_size: number;
    readonly crop_pct: number;
    readonly interpolation: Interpolation;
    readonly crop_mode: "center" | "squash" | "border";
    readonly pixels_chw: readonly number[];
  }[];
  readonly colour: readonly {
    readonly op: string;
    readonly factor: number | null;
    readonly pixels_hwc: readonly number[];
  }[];
}

const golden = readGolden<Golden>("data.json");
const random = keyedRandom(0, "augment");

function goldenImage(name: string, [height, width]: readonly [number, number]): Image {
  const data = Uint8Array.from(
    { length: height * width * 3 },
    (_, i) => goldenBits(golden.salt, name, i) >>> 24,
  );
  return { width, height, channels: 3, data };
}

test.for(golden.resize)("$name: $size to $out, $mode, gives Pillow's bytes", (each, { skip }) => {
  if (each.mode === "nearest") return skip("training and evaluation resample with a kernel");
  const [height, width] = each.out;
  const resized = resize(goldenImage(each.name, each.size), { width, height, interpolation: each.mode });
  expect([...resized.data]).toEqual(each.pixels_hwc);
});

test.each(golden.resized_crop)(
  "$name: crop $crop_ijhw of $size, $mode, gives torchvision's bytes",
  (each) => {
    const [top, left, boxHeight, boxWidth] = each.crop_ijhw;
    const [height, width] = each.out;
    const resized = resize(goldenImage(each.name, each.size), {
      width,
      height,
      interpolation: each.mode,
      box: { left, top, width: boxWidth, height: boxHeight },
    });
    expect([...resized.data]).toEqual(each.pixels_hwc);
  },
);

test.each(golden.eval_transform)("$name: $crop_mode crop of $size gives timm's bytes", (each) => {
  const transform = evaluationTransform({
    inputSize: [3, each.img_size, each.img_size],
    cropPct: each.crop_pct,
    interpolation: each.interpolation,
    cropMode: each.crop_mode,
  });
  const { data } = transform(goldenImage(each.name, each.size), random);
  const chw = [0, 1, 2].flatMap((c) => [...data.filter((_, i) => i % 3 === c)]);
  expect(chw).toEqual(each.pixels_chw);
});

const colourOperations: Record<string, (image: Image, factor: number) => Image> = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hflip: flipHorizontally,
  grayscale_3: (image) => ({ ...image, data: grayscale(image).data }),
};

test.for(golden.colour)("$op $factor gives Pillow's bytes", ({ op, factor, pixels_hwc }, { skip }) => {
  if (op === "hue") return skip("timm's training transform does not change the hue");
  const result = colourOperations[op]?.(goldenImage("jitter", [5, 6]), factor ?? 0);
  const expected = op === "grayscale_3" ? pixels_hwc.filter((_, i) => i % 3 === 0) : pixels_hwc;
  expect([...(result?.data ?? [])]).toEqual(expected);
});
