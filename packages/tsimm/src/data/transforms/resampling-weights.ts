/** Weights of Pillow's resampling along one axis, as integers. */

/** Pillow's resampling filters that are offered. */
export const INTERPOLATIONS = ["bilinear", "bicubic"] as const;

/** One of {@link INTERPOLATIONS}. */
export type Interpolation = (typeof INTERPOLATIONS)[number];

/** Binary digits after the point in {@link ResamplingWeights.weights}. */
const WEIGHT_BITS = 22;

/** For each output position: which input positions count, and how much. */
export interface ResamplingWeights {
  /** First input position of each output position. */
  readonly starts: Int32Array;
  /** Number of input positions of each output position, at most `stride`. */
  readonly counts: Int32Array;
  /** Weights times 2^22; those of output i start at i · stride. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Kernels with their half-widths. Bicubic is Keys' with a = -0.5. */
const FILTERS = {
  bilinear: { support: 1, kernel: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, kernel: bicubic },
} as const;

/**
 * Computes the weights for a change of size.
 *
 * With scale = inputSize / outputSize and s = max(scale, 1), output i is centred at c = (i + 0.5)·scale and
 * input j weighs f((j + 0.5 - c) / s), normalised to sum 1 and rounded to 22 binary digits.
 *
 * @param inputSize - Pixels, >= 1.
 * @param outputSize - Pixels, >= 1.
 * @param interpolation - The kernel f.
 * @see Pillow `src/libImaging/Resample.c`, `precompute_coeffs`, `normalize_coeffs_8bpc`
 */
export function resamplingWeights(
  inputSize: number,
  outputSize: number,
  interpolation: Interpolation,
): ResamplingWeights {
  const filter = FILTERS[interpolation];
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const inverse = 1 / filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outputSize);
  const counts = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < outputSize; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(inputSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let j = 0; j < count; j++) {
      const weight = filter.kernel((j + start - center + 0.5) * inverse);
      exact[j] = weight;
      sum += weight;
    }
    for (let j = 0; j < count; j++) {
      const weight = ((exact[j] ?? 0) / sum) * 2 ** WEIGHT_BITS;
      weights[i * stride + j] = Math.trunc(weight + (weight < 0 ? -0.5 : 0.5));
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, stride };
}

/** The weights that give the output from its end to its start. */
export function mirroredWeights({ starts, counts, weights, stride }: ResamplingWeights): ResamplingWeights {
  const last = starts.length - 1;
  return {
    starts: starts.toReversed(),
    counts: counts.toReversed(),
    weights: weights.map((_, i) => weights[(last - Math.floor(i / stride)) * stride + (i % stride)] ?? 0),
    stride,
  };
}

function bicubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}
