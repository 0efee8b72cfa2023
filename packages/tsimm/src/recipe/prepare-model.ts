/** The model of a run, and what belongs to it. */
import type { Frozen } from "../models/frozen/frozen.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { isOnnxModel } from "../models/onnx/is-onnx-model.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Task } from "../task/task.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { checkSplits, splitModel } from "./augmentation-splits.ts";
import { dataConfigLines, resolveDataConfig } from "./data-config.ts";
import { frozenByFlags, frozenPart, logFrozen, neverTrained } from "./frozen-part.ts";
import { checkNewHead, loadInitialWeights } from "./initial-checkpoint.ts";
import { setInitialHead } from "./initial-head.ts";
import { learningRate } from "./learning-rate.ts";
import { makeModel, outputNames, warnAboutSmallInput } from "./make-model.ts";
import { makeAverage, makeOptimizer } from "./make-optimizer.ts";
import { makeTask } from "./make-task.ts";
import { refuseModelOptions } from "./model-kwargs.ts";
import { loadModelSource, openModelSource } from "./model-source.ts";
import { openOnnxModel } from "./onnx-model.ts";
import { isOnnxPath } from "./onnx-path.ts";
import type { TrainingData } from "./open-data.ts";
import { hasCheckpoint } from "./resume.ts";
import type { RunRequest } from "./run-request.ts";

/** The model and what belongs to it. */
export interface ModelParts {
  readonly model: Model;
  readonly task: Task;
  readonly dataConfig: PretrainedConfig;
  /** Part of the model that is not trained at first; null: none. */
  readonly frozen: Frozen | null;
  readonly optimizer: Optimizer;
  readonly average: ModelEma | null;
  /** Base learning rate. */
  readonly lr: number;
}

/** Makes model, task, optimizer and average, with the weights to start from. */
export async function prepareModel(
  args: TrainArguments,
  { training }: TrainingData,
  request: RunRequest,
): Promise<ModelParts> {
  checkSplits(args);
  checkNewHead(args);
  const { resume, options, messages } = request;
  if (options.model !== undefined) refuseModelOptions(args, "a model of one's own");
  const names = outputNames(args, training.classNames);
  const task = makeTask(args, names, training);
  const model = options.model ?? (await startingModel(args, names, request));
  const isTrained = hasCheckpoint(resume);
  if (args.initialCheckpoint !== "" && !isTrained) await loadInitialWeights(model, args, messages);
  if (!isTrained) setInitialHead(model, args);
  splitModel(model, args);
  const channels = isOnnxModel(model) ? { inChans: model.inChans } : {};
  const dataConfig = resolveDataConfig({ ...args, ...channels }, model.pretrainedCfg);
  for (const line of dataConfigLines(dataConfig)) messages.info(line);
  warnAboutSmallInput(model, dataConfig, messages);
  const { lr, explanation } = learningRate(args);
  if (explanation !== null) messages.info(explanation);
  const byFlags = frozenByFlags(args, model);
  const optimizer = makeOptimizer(args, lr, { model, frozen: neverTrained(args, byFlags) }, messages);
  const frozen = frozenPart(args, model, byFlags, optimizer);
  logFrozen(args, model, frozen, messages);
  const average = makeAverage(args, model);
  await messages.flush();
  return { model, task, dataConfig, frozen, optimizer, average, lr };
}

/** The model that the arguments name, with its pretrained weights. */
async function startingModel(
  args: TrainArguments,
  names: readonly string[],
  request: RunRequest,
): Promise<Model> {
  if (isOnnxPath(args.model)) {
    refuseModelOptions(args, "an ONNX file");
    return await openOnnxModel(args, names, request);
  }
  if (args.logits !== "") {
    throw new UsageError(
      `train: --logits must come with an .onnx file as --model, got "${args.logits}" with ${args.model}; leave it out`,
    );
  }
  const start = await openModelSource(args, request);
  const model = makeModel(args, start, names.length, request.messages);
  loadModelSource(model, start, args, request);
  return model;
}
