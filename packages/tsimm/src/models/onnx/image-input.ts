/** The input of an ONNX file that takes images. */
import type { Dimension, ModelDescription, ValueDescription } from "@tsimm/autodiff";

/** Order of an image's axes. */
export type ImageLayout = "NCHW" | "NHWC";

/** How a file takes images. */
export interface ImageInput {
  readonly name: string;
  readonly layout: ImageLayout;
  readonly channels: 1 | 3;
  /** Images at once; null: any number. */
  readonly batch: number | null;
  /** Pixels; null: any number. */
  readonly height: number | null;
  /** Pixels; null: any number. */
  readonly width: number | null;
}

/** What a file that cannot be trained on images lacks: the end of a sentence. */
export interface NoImageInput {
  readonly problem: string;
}

/**
 * Reads how a file takes images, float numbers [N, C, H, W] or [N, H, W, C] of 1 or 3 channels.
 *
 * Channels that the file leaves open are 3.
 */
export function imageInput({ inputs }: Pick<ModelDescription, "inputs">): ImageInput | NoImageInput {
  const [first, ...others] = inputs;
  if (!first || others.length > 0) {
    const names = inputs.map(({ name }) => name).join(", ") || "none";
    return { problem: `must have one input, the images, got ${names}` };
  }
  const { name, dtype, shape } = first;
  if (!["float32", "float16", "bfloat16"].includes(dtype)) {
    return { problem: `must take floating-point images, got ${dtype} in "${name}"` };
  }
  if (shape?.length !== 4) {
    return { problem: `must take images [N, C, H, W], got ${shapeText(first)} in "${name}"` };
  }
  const [batch, second, third, last] = shape.map((size) => (typeof size === "number" ? size : null));
  const isChannels = (size: number | null | undefined): size is 1 | 3 => size === 1 || size === 3;
  const common = { name, batch: batch ?? null };
  const isLast = !isChannels(second) && isChannels(last);
  if (isLast) {
    return { ...common, layout: "NHWC", channels: last, height: second ?? null, width: third ?? null };
  }
  if (!isChannels(second) && second !== null && second !== undefined) {
    return { problem: `must take images of 1 or 3 channels, got ${shapeText(first)} in "${name}"` };
  }
  const channels = isChannels(second) ? second : 3;
  return { ...common, layout: "NCHW", channels, height: third ?? null, width: last ?? null };
}

function shapeText({ shape }: ValueDescription): string {
  return shape === null
    ? "a shape that is not told"
    : `[${shape.map((size: Dimension) => size ?? "?").join(", ")}]`;
}
