/** Metrics that are means over images. */
import { checkOutputs } from "./check-outputs.ts";
import type { Labels } from "./labels.ts";
import type { Meter, Metrics } from "./task.ts";

/** Numbers per image. */
export interface ImageWidths {
  /** Outputs of the model. */
  readonly outputs: number;
  /** Numbers of a label; default 1. */
  readonly labels?: number;
}

/**
 * A meter whose metrics are all means over images of what each image scores.
 *
 * @param widths - Numbers per image.
 * @param score - Metrics of one image: its outputs, float32 [outputs], and its label, [labels].
 * @throws RangeError on `add` if there are not that many outputs.
 * @example
 * const meter = meanMeter({ outputs: 1 }, ([output], [label]) => ({ loss: Math.abs(output - label) }));
 * meter.add(Float32Array.of(1, 5), Int32Array.of(2, 2)).loss; // => 2
 * meter.add(Float32Array.of(2), Int32Array.of(2)).loss; // => 0
 * meter.result().loss; // => 1.3333333333333333
 */
export function meanMeter(
  widths: ImageWidths,
  score: (output: Float32Array, label: Labels) => Metrics,
): Meter {
  const { outputs: width, labels: labelWidth = 1 } = widths;
  const total = new Map<string, number>();
  let images = 0;
  const means = () => meansOf(total, images);
  return {
    get images() {
      return images;
    },
    add(outputs, labels) {
      const size = labels.length / labelWidth;
      checkOutputs("meanMeter", outputs, size, width);
      const batch = new Map<string, number>();
      for (let image = 0; image < size; image++) {
        const label = labels.subarray(image * labelWidth, (image + 1) * labelWidth);
        addTo(batch, Object.entries(score(outputs.subarray(image * width, (image + 1) * width), label)));
      }
      addTo(total, batch);
      images += size;
      return meansOf(batch, size);
    },
    means,
    result: means,
    byOutput: () => [],
  };
}

function addTo(sums: Map<string, number>, values: Iterable<readonly [string, number]>): void {
  for (const [name, value] of values) sums.set(name, (sums.get(name) ?? 0) + value);
}

function meansOf(sums: ReadonlyMap<string, number>, images: number): Metrics {
  const means = Object.fromEntries([...sums].map(([name, sum]) => [name, sum / images]));
  return { ...means, loss: means["loss"] ?? Number.NaN };
}
