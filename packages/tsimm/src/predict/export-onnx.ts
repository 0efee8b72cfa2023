/** Exports a model of any loop as a file that {@link loadClassifier}, `tsimm predict` and other runtimes take. */
import type { Model, PretrainedConfig } from "../models/model.ts";
import { encodeClassifier } from "../models/onnx-file.ts";
import { checkOptionNames } from "../option-names.ts";
import { taskNote } from "../task/default-task.ts";
import type { Task } from "../task/task.ts";
import { checkPart } from "../train/check-parts.ts";
import { namedTensors } from "../train/load-training-state.ts";
import { checkIsHere } from "../weights/state-elsewhere.ts";
import { completeDataConfig } from "./complete-data-config.ts";

/** Options of {@link exportOnnx}; either `classNames` or `task` is given. */
export interface ExportOnnxOptions {
  /** Names of the classes, in the order of the model's outputs. */
  readonly classNames?: readonly string[] | undefined;
  /** Task of the outputs, where they are no plain classes. */
  readonly task?: Task | undefined;
  /** Preprocessing that the model was trained with; what is absent is the model's own (`pretrainedCfg`). */
  readonly dataConfig?: Partial<PretrainedConfig> | undefined;
  /** A moving average of the model: the file gets its weights. */
  readonly average?: Pick<Model, "state"> | undefined;
}

/**
 * Writes a model with its present weights as an ONNX file for evaluation, its preprocessing, task and the names of its
 * outputs inside.
 *
 * @param model - Any model, registered or not.
 * @param options - Names or task of its outputs, and its preprocessing.
 * @returns The bytes of an `.onnx` file: input `input` float32 [batch, C, H, W], normalised, output `logits` float32
 * [batch, outputs].
 * @throws RangeError if there are not as many names as outputs, or preprocessing does not fit the model; Error if
 * a device has newer weights than the model.
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const bytes = exportOnnx(model, { classNames: ["cat", "dog"], dataConfig: { inputSize: [3, 64, 64] } });
 * const classifier = await loadClassifier(bytes, await createEngine());
 * classifier.classNames; // => ["cat", "dog"]
 * classifier.dataConfig.inputSize; // => [3, 64, 64]
 * await classifier.close();
 */
export function exportOnnx(model: Model, options: ExportOnnxOptions): Uint8Array {
  checkOptionNames("exportOnnx", options, { classNames: true, task: true, dataConfig: true, average: true });
  checkPart("exportOnnx", "model", model);
  const { task, average } = options;
  const classNames = namesOf(model, options);
  if (average !== undefined) checkIsOf(average, model);
  checkIsHere("exportOnnx", { name: model.name, state: (average ?? model).state });
  const dataConfig = completeDataConfig("exportOnnx", model, options.dataConfig ?? {});
  return encodeClassifier({
    ...{ model, classNames, dataConfig },
    weights: namedTensors((average ?? model).state),
    average: average !== undefined,
    task: task === undefined ? undefined : taskNote(task),
  });
}

/** Weights of another model would make a file that no runtime takes. */
function checkIsOf({ state }: Pick<Model, "state">, model: Model): void {
  const names = Array.isArray(state) ? state.map(({ name }) => name).join() : "";
  if (names === model.state.map(({ name }) => name).join()) return;
  throw new RangeError(
    `exportOnnx: average must be of the model ${model.name}, got one with other tensors; pass the ModelEma of this model`,
  );
}

function namesOf({ name, numClasses }: Model, { classNames, task }: ExportOnnxOptions): readonly string[] {
  if ((classNames === undefined) === (task === undefined)) {
    const got = task === undefined ? "neither" : "both";
    throw new RangeError(
      `exportOnnx: either classNames or task must be given, got ${got}; a task has the names of its outputs`,
    );
  }
  const names = task?.outputNames ?? classNames ?? [];
  const parameter = task === undefined ? "classNames" : "outputNames of the task";
  if (!Array.isArray(names) || !names.every((one) => typeof one === "string")) {
    throw new TypeError(`exportOnnx: ${parameter} must be a list of names, got ${JSON.stringify(names)}`);
  }
  if (numClasses === 0) {
    throw new RangeError(
      `exportOnnx: model must have outputs with names, got ${name} with features only; create it with numClasses`,
    );
  }
  if (names.length !== numClasses) {
    throw new RangeError(
      `exportOnnx: ${parameter} must be the names of the ${numClasses} outputs of ${name}, got ${names.length}`,
    );
  }
  return names;
}
