/** Initial values of weights. */
import type { RandomStream } from "../random/keyed-random.ts";

/** Makes the initial values of a tensor of this shape. */
export type Initializer = (shape: readonly number[], random: RandomStream) => Float32Array;

/**
 * Every element is `value`.
 *
 * @example
 * // The random stream is not used.
 * const random = { uint32: () => 0, integer: () => 0, uniform: () => 0.75, normal: () => 1 };
 * constant(0.5)([2, 2], random); // => Float32Array [0.5, 0.5, 0.5, 0.5]
 */
export function constant(value: number): Initializer {
  return (shape) => new Float32Array(elements(shape)).fill(value);
}

/**
 * Normal with mean 0.
 *
 * @example
 * // A stand-in for the random stream of a parameter.
 * const random = { uint32: () => 0, integer: () => 0, uniform: () => 0.75, normal: () => 1 };
 * normal(0.5)([2, 2], random); // => Float32Array [0.5, 0.5, 0.5, 0.5]
 */
export function normal(std: number): Initializer {
  return (shape, random) => fill(shape, () => std * random.normal());
}

/**
 * Normal with standard deviation √(2 / fan out), for layers before a ReLU (He et al., arXiv:1502.01852).
 *
 * Fan out is out channels · kernel area of a convolution weight [K, C, R, S].
 *
 * @example
 * // 8 filters of 3×3 weights, so that the standard deviation is √(2 / 72) = 1 / 6.
 * const random = { uint32: () => 0, integer: () => 0, uniform: () => 0.75, normal: () => 1 };
 * const weight = kaimingNormalFanOut([8, 4, 3, 3], random);
 * weight[0].toFixed(4); // => "0.1667"
 */
export const kaimingNormalFanOut: Initializer = (shape, random) => {
  const [channels = 1, , ...kernel] = shape;
  return normal(Math.sqrt(2 / (channels * elements(kernel))))(shape, random);
};

/**
 * Normal with standard deviation √(2 / fan in), fan in = channels of one group × kernel elements.
 *
 * @example
 * // 8 channels of 3×3 weights, so that the standard deviation is √(2 / 72) = 1 / 6.
 * const random = { uint32: () => 0, integer: () => 0, uniform: () => 0.75, normal: () => 1 };
 * const weight = kaimingNormalFanIn([4, 8, 3, 3], random);
 * weight[0].toFixed(4); // => "0.1667"
 */
export const kaimingNormalFanIn: Initializer = (shape, random) =>
  normal(Math.sqrt(2 / elements(shape.slice(1))))(shape, random);

/**
 * Normal with variance 2 / fan out, fan out = out channels of one group × kernel elements, as MobileNets and RegNets
 * have it.
 *
 * @param groups - Groups of the convolution, a divisor of its out channels.
 * @example
 * // 4 filters of 3×3 weights in each of 2 groups: √(2 / 36).
 * const random = { uint32: () => 0, integer: () => 0, uniform: () => 0.75, normal: () => 1 };
 * const weight = kaimingNormalFanOutPerGroup(2)([8, 4, 3, 3], random);
 * weight[0].toFixed(4); // => "0.2357"
 */
export function kaimingNormalFanOutPerGroup(groups: number): Initializer {
  return (shape, random) => {
    const [channels = 1, , ...kernel] = shape;
    return normal(Math.sqrt(2 / ((channels / groups) * elements(kernel))))(shape, random);
  };
}

/**
 * Uniform in ±1 / √(rows of the weight), for the last linear layer of EfficientNets.
 *
 * @example
 * // The random stream yields numbers in [0, 1); 4 rows give ±1 / 2.
 * const random = { uint32: () => 0, integer: () => 0, uniform: () => 0.75, normal: () => 1 };
 * uniformFanOut([4, 1], random); // => Float32Array [0.25, 0.25, 0.25, 0.25]
 */
export const uniformFanOut: Initializer = (shape, random) => {
  const bound = 1 / Math.sqrt(shape[0] ?? 1);
  return fill(shape, () => bound * (2 * random.uniform() - 1));
};

/**
 * Uniform in ±1 / √fanIn, PyTorch's default for the weight and the bias of a linear layer.
 *
 * @example
 * // The random stream yields numbers in [0, 1); a fan-in of 16 gives ±1 / 4.
 * const random = { uint32: () => 0, integer: () => 0, uniform: () => 0, normal: () => 1 };
 * uniformFanIn(16)([2], random); // => Float32Array [-0.25, -0.25]
 */
export function uniformFanIn(fanIn: number): Initializer {
  const bound = 1 / Math.sqrt(fanIn);
  return (shape, random) => fill(shape, () => bound * (2 * random.uniform() - 1));
}

function fill(shape: readonly number[], next: () => number): Float32Array {
  const values = new Float32Array(elements(shape));
  for (let i = 0; i < values.length; i++) values[i] = next();
  return values;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
