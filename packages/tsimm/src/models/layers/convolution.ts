/** Convolution. */
import { int, ints, type Value } from "@tsimm/autodiff";
import { constant, type Initializer, kaimingNormalFanOut } from "../initialization.ts";
import type { Layers } from "./layers.ts";

/** Options of {@link conv}. */
export interface ConvOptions {
  /** Channels of the output. */
  readonly channels: number;
  /** Side of the square kernel. */
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
  /** Pixels from one weight of the kernel to the next. */
  readonly dilation?: number;
  /**
   * Zeros on every side; absent: half the kernel's reach, rounded down; `same`: as many as give ceil(size / stride) pixels, the
   * odd one below and on the right, as TensorFlow has it.
   */
  readonly padding?: number | "same";
  /** Whether there is a bias; it starts at 0 unless `initializeBias` says otherwise. */
  readonly bias?: boolean;
  /** Initial weight; absent: {@link kaimingNormalFanOut}. */
  readonly initialize?: Initializer;
  readonly initializeBias?: Initializer;
}

/**
 * Convolution: x [B, C, H, W] to [B, channels, H / stride, W / stride].
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { conv, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 3, 32, 32]);
 * conv(layers, "stem", x, { channels: 16, kernel: 3, stride: 2 }).shape; // => [2, 16, 16, 16]
 * layers.declarations.order; // => ["stem.weight"]
 */
export function conv(layers: Layers, module: string, x: Value, options: ConvOptions): Value {
  const { channels, kernel, stride = 1, groups = 1, dilation = 1 } = options;
  const reach = dilation * (kernel - 1) + 1;
  const { padding = Math.floor(reach / 2) } = options;
  const { bias = false, initialize = kaimingNormalFanOut, initializeBias = constant(0) } = options;
  const shape = [channels, (x.shape[1] ?? 0) / groups, kernel, kernel];
  const inputs = [x, layers.parameter(`${module}.weight`, shape, initialize)];
  if (bias) inputs.push(layers.parameter(`${module}.bias`, [channels], initializeBias));
  const attributes = {
    kernel_shape: ints(kernel, kernel),
    strides: ints(stride, stride),
    pads: ints(...(padding === "same" ? samePads(x, reach, stride) : new Array(4).fill(padding))),
    group: int(groups),
    ...(dilation === 1 ? {} : { dilations: ints(dilation, dilation) }),
  };
  return layers.op("Conv", inputs, attributes, { name: module });
}

/** Zeros above, on the left, below and on the right. */
function samePads({ shape: [, , ...sizes] }: Value, kernel: number, stride: number): number[] {
  const totals = sizes.map((size) => Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size));
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, axis) => total - (before[axis] ?? 0))];
}
