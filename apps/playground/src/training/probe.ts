/** Looks at the present weights while they are trained. */
import type { Batch, Updater } from "tsimm/browser";
import type { RunRequest, SamplePrediction } from "./messages.ts";
import { pixelsOf } from "./training-images.ts";

/** Times per epoch. */
const PER_EPOCH = 4;

/** Accuracy on the batch that was trained last, and predictions for sample images. */
export interface ProbeResult {
  /** Percent of the batch. */
  readonly accuracy: number;
  readonly predictions: readonly SamplePrediction[];
}

/** Runs batch and samples through the weights that an updater has now. */
export class Probe {
  readonly #classes: number;
  readonly #samples: readonly Uint8Array[];

  /** @param request - Has the sample images. */
  constructor({ images, samples }: Pick<RunRequest, "images" | "samples">) {
    this.#classes = images.classNames.length;
    this.#samples = samples.map((index) => pixelsOf(images.validation, index));
  }

  /** Whether it is time, after so many updates. */
  isDue(update: number, updatesPerEpoch: number): boolean {
    return update === 1 || update % Math.max(1, Math.round(updatesPerEpoch / PER_EPOCH)) === 0;
  }

  /** @param batch - Pixels, uint8, and class ids. */
  async run(updater: Required<Updater>, { images, labels, size }: Batch): Promise<ProbeResult> {
    const length = images.length / size;
    const count = size + this.#samples.length;
    const pixels = new Uint8Array(count * length);
    pixels.set(images);
    for (const [i, sample] of this.#samples.entries()) pixels.set(sample, (size + i) * length);
    const evaluation = await updater.createEvaluation("plain", count);
    try {
      const answers = this.#answers(await evaluation.run(pixels, count));
      const right = answers.slice(0, size).filter(({ label }, i) => label === labels[i]).length;
      return { accuracy: (100 * right) / size, predictions: answers.slice(size) };
    } finally {
      await evaluation.close();
    }
  }

  #answers(outputs: Float32Array): SamplePrediction[] {
    return Array.from({ length: outputs.length / this.#classes }, (_, i) => {
      const row = outputs.subarray(i * this.#classes, (i + 1) * this.#classes);
      const most = Math.max(...row);
      const sum = row.reduce((total, logit) => total + Math.exp(logit - most), 0);
      return { label: row.indexOf(most), probability: 1 / sum };
    });
  }
}
