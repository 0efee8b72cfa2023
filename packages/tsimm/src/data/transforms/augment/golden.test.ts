/** Augmentations give the bytes of timm with Pillow; see `test/golden/augment`. */
import { expect, test } from "vitest";
import { applyMixture } from "./aug-mix.ts";
import { kernelGaussianBlur } from "./gaussian-blur.ts";
import { constant, digest, FILL, goldenImage, readCases } from "./golden.fixture.ts";
import { applyOperation, drawOperation, type OperationName } from "./operations.ts";

interface OperationCase {
  readonly op: OperationName;
  readonly magnitude: number;
  readonly u: number;
  readonly argument: number;
  /** Digests by image: of bilinear and bicubic, or one if both are alike. */
  readonly images: Readonly<Record<string, readonly string[]>>;
}

test.each(readCases<OperationCase>("operations.json"))(
  "$op at magnitude $magnitude ($u) gives Pillow's bytes",
  ({ op, magnitude, u, argument, images }) => {
    for (const [name, digests] of Object.entries(images)) {
      const image = goldenImage(name);
      const before = image.data.slice();
      const fill = FILL.slice(0, image.channels);
      const found = (["bilinear", "bicubic"] as const).map((interpolation) => {
        const settings = { fill, interpolation, translatePct: 0.45 };
        const drawn = drawOperation(op, magnitude / 10, settings, constant(u));
        expect(drawn.argument).toBe(argument);
        return digest(applyOperation(image, drawn, settings));
      });
      expect({ name, digests: [...new Set(found)] }).toEqual({ name, digests });
      expect(Buffer.compare(image.data, before)).toBe(0);
    }
  },
);

interface MixtureCase {
  readonly blended: boolean;
  readonly image: string;
  readonly share: number;
  readonly weights: readonly number[];
  readonly chains: readonly (readonly [OperationName, number])[];
  readonly digest: string;
}

test.each(readCases<MixtureCase>("mixtures.json"))(
  "AugMix of share $share, blended $blended, gives timm's bytes",
  ({ blended, image, share, weights, chains, digest: expected }) => {
    const drawn = chains.map(([name, argument]) => ({ name, argument, interpolation: "bilinear" }) as const);
    const mixture = {
      share,
      chains: weights.map((weight, i) => ({ weight, operations: drawn.slice(2 * i, 2 * i + 2) })),
    };
    expect(digest(applyMixture(goldenImage(image), mixture, { fill: FILL }, blended))).toBe(expected);
  },
);

interface BlurCase {
  readonly image: string;
  readonly sigma: number;
  /** base64. */
  readonly pixels: string;
}

test.each(readCases<BlurCase>("blurs.json"))(
  "blur of $image by $sigma gives torchvision's levels",
  ({ image, sigma, pixels }) => {
    const { data } = kernelGaussianBlur(goldenImage(image), sigma);
    const differences = [...Buffer.from(pixels, "base64")].map((level, i) =>
      Math.abs(level - (data[i] ?? 0)),
    );
    // Sums of 529 float32 products in another order: a half may be rounded to the other side.
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    expect(differences.filter((difference) => difference > 0).length).toBeLessThanOrEqual(data.length / 1000);
  },
);
