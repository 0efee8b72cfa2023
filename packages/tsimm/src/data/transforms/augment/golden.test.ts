/** Operations give the bytes of timm with Pillow; see `test/golden/augment`. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RandomStream } from "../../../random/keyed-random.ts";
import type { Image } from "../image.ts";
import { applyOperation, drawOperation, type OperationName } from "./operations.ts";

interface Golden {
  readonly fill: readonly number[];
  readonly cases: readonly {
    readonly op: OperationName;
    readonly magnitude: number;
    readonly u: number;
    readonly argument: number;
    /** Digests by image: of bilinear and bicubic, or one if both are alike. */
    readonly images: Readonly<Record<string, readonly string[]>>;
  }[];
}

const file = new URL("../../../../../../test/golden/augment/operations.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, "utf8"));

const levels: Readonly<Record<string, (i: number, x: number, y: number, c: number) => number>> = {
  noise: (i) => (Math.imul(i, 0x9e3779b1) >>> 13) % 251,
  dim: (i) => 40 + (((Math.imul(i, 0x9e3779b1) >>> 13) % 251) % 90),
  waves: (_, x, y, c) => (5 * x + 3 * y + 40 * c) % 256,
  flat: () => 77,
};

const made = new Map<string, Image>();

function imageOf(name: string): Image {
  const known = made.get(name);
  if (known) return known;
  const [kind = "", size = ""] = name.split(" ");
  const [width = 0, height = 0, channels = 0] = size.split("x").map(Number);
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    return levels[kind]?.(i, pixel % width, Math.floor(pixel / width), i % channels) ?? 0;
  });
  const image = { width, height, channels: channels === 1 ? 1 : 3, data } as const;
  made.set(name, image);
  return image;
}

const constant = (u: number): RandomStream => ({
  uint32: () => 0,
  uniform: () => u,
  integer: () => 0,
  normal: () => 0,
});

const digest = ({ data }: Image) => createHash("sha256").update(data).digest("hex").slice(0, 12);

test.each(golden.cases)("$op at magnitude $magnitude ($u) gives Pillow's bytes", (each) => {
  const { op, magnitude, u, argument, images } = each;
  for (const [name, digests] of Object.entries(images)) {
    const image = imageOf(name);
    const before = image.data.slice();
    const fill = golden.fill.slice(0, image.channels);
    const found = (["bilinear", "bicubic"] as const).map((interpolation) => {
      const settings = { fill, interpolation, translatePct: 0.45 };
      const drawn = drawOperation(op, magnitude / 10, settings, constant(u));
      expect(drawn.argument).toBe(argument);
      return digest(applyOperation(image, drawn, settings));
    });
    expect({ name, digests: [...new Set(found)] }).toEqual({ name, digests });
    expect(Buffer.compare(image.data, before)).toBe(0);
  }
});
