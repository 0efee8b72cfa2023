/** The images that a compiled graph takes. */
import type { Tensor } from "@tsimm/autodiff";

/** Size and layout of a batch of images. */
export type ImageOptions = {
  /** Images in a batch, an integer >= 1. */
  readonly batchSize: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
} & (
  | {
      /** Bytes [B, H, W, C]; the graph computes (x / 255 - mean) / std per channel. */
      readonly input: "uint8";
      readonly mean: readonly number[];
      readonly std: readonly number[];
    }
  | {
      /** Normalised values, [B, C, H, W]. */
      readonly input: "float32";
      readonly mean?: undefined;
      readonly std?: undefined;
    }
);

/** Every key of {@link ImageOptions}. */
export const imageOptionNames: { readonly [K in keyof Required<ImageOptions>]: true } = {
  ...{ batchSize: true, height: true, width: true, input: true, mean: true, std: true },
};

/**
 * A batch as the graph's input.
 *
 * @param where - Function named in errors.
 * @throws TypeError or RangeError if the array has another type or length than the options ask for.
 */
export function imageTensor(
  where: string,
  images: Uint8Array | Float32Array,
  channels: number,
  { batchSize, height, width, input }: ImageOptions,
): Tensor {
  const Expected = input === "uint8" ? Uint8Array : Float32Array;
  if (!(images instanceof Expected)) {
    throw new TypeError(`${where}: images must be a ${Expected.name}, got ${images.constructor.name}`);
  }
  const shape =
    input === "uint8" ? [batchSize, height, width, channels] : [batchSize, channels, height, width];
  const length = shape.reduce((product, size) => product * size, 1);
  if (images.length !== length) {
    throw new RangeError(`${where}: images must have ${length} elements [${shape}], got ${images.length}`);
  }
  return { dtype: input, shape, data: images };
}
