/** A trained model, ready for images. */
import { encodeModel, lowerGraph, prependNormalization } from "@tsimm/autodiff";
import { evaluationTransform } from "../data/transforms/evaluation-transform.ts";
import type { Image } from "../data/transforms/image.ts";
import type { PretrainedConfig } from "../models/model.ts";
import type { ClassifierFile } from "../models/onnx-file.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Answer, Task } from "../task/task.ts";
import { taskOfFile } from "./file-task.ts";
import type { Pixels } from "./pixels.ts";
import { selectAnswers } from "./select-answers.ts";

/** Probability of a class or label. */
export interface Prediction {
  readonly label: string;
  /** In [0, 1]. */
  readonly prob: number;
}

/** Classifies images, or predicts their labels or numbers; `Source` is the type of an image. */
export interface Classifier<Source = Uint8Array | Pixels> {
  readonly architecture: string;
  /** Names of the classes or outputs. */
  readonly classNames: readonly string[];
  /** Task of the outputs. */
  readonly task: Task;
  /** Preprocessing of images. */
  readonly dataConfig: PretrainedConfig;
  /** Whether the weights are a moving average. */
  readonly average: boolean;
  /** The file that holds the weights; null: it was given as bytes. */
  readonly path: string | null;
  /**
   * The classes or labels of an image.
   *
   * @param image - The bytes of a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF file (not in a page), or pixels.
   * @param topk - How many to give, an integer >= 1; absent: the most probable class, or the labels that hold.
   * @returns The most probable ones, best first.
   * @throws Error if the bytes are no image, or the model gives numbers that are no probabilities.
   */
  classify(image: Source, topk?: number): Promise<Prediction[]>;
  /**
   * Answers of the model for an image, of any task.
   *
   * @param image - As in {@link classify}.
   * @param most - Answers at most, an integer >= 1; absent: the most probable class, the labels that hold, or all numbers.
   * @returns Classes and labels best first, numbers in the order of the outputs.
   * @throws Error if the bytes are no image.
   */
  predict(image: Source, most?: number): Promise<Answer[]>;
  /**
   * Outputs of the model for an image, before they are probabilities.
   *
   * @param image - As in {@link classify}.
   * @returns float32 [outputs].
   * @throws Error if the bytes are no image.
   */
  outputs(image: Source): Promise<Float32Array>;
  /** Releases the native memory; nothing runs afterwards. */
  close(): Promise<void>;
}

/** Options of {@link createClassifier}. */
export interface ClassifierOptions<Source> {
  readonly path: string | null;
  /** Makes an image of what a caller gives, with the channels of the model; `where` is named in errors. */
  readonly open: (where: string, image: Source, channels: 1 | 3) => Image | Promise<Image>;
}

/**
 * Compiles the model of a file.
 *
 * @throws RangeError if its task is not registered or does not fit its outputs; Error if the engine refuses the graph.
 */
export async function createClassifier<Source>(
  engine: Engine,
  { graph, architecture, classNames, dataConfig, average, task: note }: ClassifierFile,
  { path, open }: ClassifierOptions<Source>,
): Promise<Classifier<Source>> {
  const task = taskOfFile(note, classNames, graph.outputs[0]?.shape.at(-1) ?? 0);
  const { mean, std } = dataConfig;
  const transform = evaluationTransform(dataConfig);
  const ofBytes = prependNormalization(graph, { input: "input", mean, std });
  const session = await engine.load(encodeModel(lowerGraph(ofBytes, engine.lowering ?? "generic")));
  const [channels, height, width] = dataConfig.inputSize;
  const unused = keyedRandom(0, "augment");
  const outputs = async (where: string, source: Source): Promise<Float32Array> => {
    const image = await open(where, source, channels === 1 ? 1 : 3);
    const { data } = transform(image, unused);
    const input = { dtype: "uint8" as const, shape: [1, height, width, channels], data };
    const { logits } = await session.run({ input });
    if (!(logits?.data instanceof Float32Array)) throw new Error(`${where}: the model gave no logits`);
    return logits.data;
  };
  const answer = async (where: string, source: Source, most: number | undefined): Promise<Answer[]> =>
    selectAnswers(task, await outputs(where, source), most);
  return {
    ...{ architecture, classNames: task.outputNames, task, dataConfig, average, path },
    async classify(image, topk) {
      checkCount("classify", { topk });
      if ((task.answers?.kind ?? "numbers") === "numbers") {
        throw new Error(
          `classify: the model must give probabilities of classes or labels, got one of the task ${task.name}; predict tells its numbers`,
        );
      }
      const answers = await answer("classify", image, topk);
      return answers.map(({ label, value }) => ({ label, prob: value }));
    },
    async predict(image, most) {
      checkCount("predict", { most });
      return await answer("predict", image, most);
    },
    outputs: (image) => outputs("outputs", image),
    close: () => session.close(),
  };
}

function checkCount(where: string, counts: Readonly<Record<string, number | undefined>>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (count === undefined || (Number.isInteger(count) && count >= 1)) continue;
    throw new RangeError(`${where}: ${name} must be an integer >= 1, got ${count}`);
  }
}
