/** Convolutions with several kernel sizes side by side (Tan and Le, arXiv:1907.09595). */
import { int, int64, type Value } from "@tsimm/autodiff";
import { kaimingNormalFanOutPerGroup } from "../initialization.ts";
import { type ConvOptions, conv } from "../layers/convolution.ts";
import type { Layers } from "../layers/layers.ts";

/** Side of a square kernel; several: the channels are shared out among kernels of these sides. */
export type Kernel = number | readonly number[];

/** Options of {@link mixedConv}. */
export interface MixedConvOptions extends Pick<ConvOptions, "stride" | "padding"> {
  /** Channels of the output; absent: a depthwise convolution. */
  readonly channels?: number;
  readonly kernel: Kernel;
}

/** Convolution without bias; with several kernels, their modules are numbered: `conv_dw.0`, `conv_dw.1`, …. */
export function mixedConv(layers: Layers, module: string, x: Value, options: MixedConvOptions): Value {
  const { kernel, channels, ...rest } = options;
  if (typeof kernel === "number") return single(layers, module, x, kernel, channels, rest);
  const inputs = shares(x.shape[1] ?? 0, kernel.length);
  const outputs = channels === undefined ? [] : shares(channels, kernel.length);
  const lengths = layers.builder.constant(int64([kernel.length], inputs));
  const parts = layers.builder.ops("Split", [x, lengths], { axis: int(1) }, kernel.length);
  const convolved = parts.map((part, index) =>
    single(layers, `${module}.${index}`, part, kernel[index] ?? 0, outputs[index], rest),
  );
  return layers.op("Concat", convolved, { axis: int(1) });
}

function single(
  layers: Layers,
  module: string,
  x: Value,
  kernel: number,
  channels: number | undefined,
  options: Pick<ConvOptions, "stride" | "padding">,
): Value {
  const [, width = 0] = x.shape;
  const groups = channels === undefined ? width : 1;
  const initialize = kaimingNormalFanOutPerGroup(groups);
  return conv(layers, module, x, { ...options, channels: channels ?? width, kernel, groups, initialize });
}

/** Equal whole shares of a count; the first one takes what is left. */
function shares(count: number, parts: number): number[] {
  const share = Math.floor(count / parts);
  return Array.from({ length: parts }, (_, index) => (index === 0 ? count - share * (parts - 1) : share));
}
