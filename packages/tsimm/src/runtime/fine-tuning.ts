/** Training of any ONNX model on an engine. */
import {
  type FixedTensor,
  type SavedFiles,
  type TensorData,
  type TrainableOptions,
  type TrainableParameter,
  trainableOptionNames,
} from "@tsimm/autodiff";
import { checkOptionNames } from "../option-names.ts";
import { bringHere, checkIsHere } from "../weights/state-elsewhere.ts";
import type { Engine } from "./engine.ts";
import { type OnnxPrograms, programsOfOnnx } from "./onnx-program.ts";
import { createTrainingSession, type StepResult } from "./training-session.ts";

/** Options of {@link createFineTuning}. */
export interface FineTuningOptions extends Omit<TrainableOptions, "frozenValues"> {
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number;
}

/** An ONNX model in training. */
export interface FineTuning {
  /** What is trained: for an optimizer, which changes `data` in place. */
  readonly parameters: readonly TrainableParameter[];
  /** The float32 tensors of the file that are not trained, and why. */
  readonly fixed: readonly FixedTensor[];
  /** One line for a log: how much is trained, and how much is not and why. */
  readonly summary: string;
  /** Name of the value that the loss reads. */
  readonly logits: string;
  /** That of the logits, for a whole batch. */
  readonly targetShape: readonly number[];
  /** The graphs behind `run`, for `createUpdater`. */
  readonly programs: OnnxPrograms;
  /**
   * Forward and backward pass. Writes every parameter's `grad`; parameters stay as they are, and must until the promise
   * settles.
   *
   * A smaller batch, such as the last one of an epoch, runs too: feeds and target for the first samples alone, where the
   * loss is the mean over these. Its size is compiled when it comes first.
   *
   * @param feeds - The model's inputs by name, of the types in the file and the shapes that the options or the file
   * give.
   * @param target - float32, of the shape `targetShape`: probabilities of the classes for `softmax-cross-entropy` and
   * `binary-cross-entropy`, the numbers to come near to for `mse`, `l1` and `huber`.
   * @throws RangeError for a feed that does not fit or is not finite, with the name of the first tensor that is to blame
   * for a loss that is not; `grad` is of no use then, running statistics are as before.
   */
  run(feeds: Readonly<Record<string, TensorData>>, target: Float32Array): Promise<StepResult>;
  /**
   * The file with the weights of this moment: every name, shape, operator and open dimension as it was, beside tensors
   * that `trainable` of `@tsimm/autodiff` has separated.
   *
   * @throws Error if a device has newer weights; read the updater's store before.
   */
  save(): Uint8Array<ArrayBuffer>;
  /** The same with the files beside it, where tensors lie in others. */
  saveFiles(): SavedFiles;
  /** Releases the native memory; nothing runs afterwards. */
  close(): Promise<void>;
}

/**
 * Prepares an ONNX model for training, whoever made it; with `classes` under a new head.
 *
 * @param bytes - An `.onnx` file, opset 7 to 21; weights in it, or in files that `externalData` gives.
 * @throws TypeError or RangeError as `trainable` of `@tsimm/autodiff` does.
 * @example
 * const builder = new GraphBuilder("a file of somebody else");
 * const x = builder.input("x", "float32", [1, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 *
 * const net = await createFineTuning(await createEngine(), encodeModel(builder.build()));
 * net.summary; // => "1 tensor with 6 elements is trained"
 * const optimizer = createOptimizerV2(net.parameters, { opt: "sgd", lr: 0.1 });
 * const [input, target] = [{ x: Float32Array.of(1, 1) }, Float32Array.of(1, 0, 0)];
 * const first = await net.run(input, target);
 * optimizer.step();
 * const second = await net.run(input, target);
 * second.loss < first.loss; // => true
 * const bytes = net.save();
 * decodeModel(bytes).graph.initializers.get("w").data[0] > 1; // => true
 * await net.close();
 *
 * // Four classes of one's own, two samples a step, where the file has three and one.
 * const own = await createFineTuning(await createEngine(), bytes, { classes: 4, batchSize: 2 });
 * own.targetShape; // => [2, 4]
 * await own.close();
 */
export async function createFineTuning(
  engine: Engine,
  bytes: Uint8Array,
  options: FineTuningOptions = {},
): Promise<FineTuning> {
  const { threads, ...rest } = checkedOptions(options);
  const programs = await programsOfOnnx(engine, bytes, rest, threads);
  const { model, targetShape } = programs;
  const { parameters, fixed, summary, logits } = model;
  const session = await createTrainingSession(engine, programs, threads);
  return {
    ...{ parameters, fixed, summary, logits, targetShape, programs },
    async run(feeds, targets) {
      await bringHere(programs);
      return await session.run({ feeds, targets });
    },
    save() {
      checkIsHere("FineTuning.save", programs);
      return model.save();
    },
    saveFiles() {
      checkIsHere("FineTuning.saveFiles", programs);
      return model.saveFiles();
    },
    close: () => session.close(),
  };
}

/** `trainable` checks its own options. */
function checkedOptions(options: FineTuningOptions): FineTuningOptions {
  const names = Object.fromEntries([...trainableOptionNames, "threads"].map((name) => [name, true]));
  checkOptionNames<object>("createFineTuning", options, names);
  const { threads } = options;
  if (threads !== undefined && typeof threads !== "number") {
    throw new TypeError(`createFineTuning: threads must be an integer >= 1, got ${JSON.stringify(threads)}`);
  }
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new RangeError(`createFineTuning: threads must be an integer >= 1, got ${threads}`);
  }
  return options;
}
