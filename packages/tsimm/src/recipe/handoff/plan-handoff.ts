/** What timm is told, so that it goes on with a run. */
import { resolve } from "node:path";
import type { RunState } from "../../checkpoint/run-state.ts";
import { builtInFamilies } from "../../models/families/built-in-families.ts";
import { printable } from "../../text/printable.ts";
import { parsePythonLiteral } from "../../text/python-literal.ts";
import { pythonLiteral } from "../../text/to-python-literal.ts";
import type { TrainArguments } from "../arguments.ts";
import { fromKeys } from "../read-configuration.ts";
import { resolveArguments } from "../resolve-arguments.ts";
import { isSizedModel } from "../sized-model.ts";
import { mixes, type TimmDifference, timmDifferences } from "../timm-differences.ts";
import { type BatchPlan, planBatch } from "./batch-plan.ts";
import { planSchedule } from "./planned-schedule.ts";

/** Machines and settings that a run goes on with. */
export interface HandoffOptions {
  /** Machines, >= 1. */
  readonly nodes: number;
  /** Processes on each, one for a GPU; 0: one on the CPU. */
  readonly gpus: number;
  /** `--epochs` for timm; null: enough of them. */
  readonly epochs: number | null;
  /** Folder of the images; null: that of the run. */
  readonly dataDir: string | null;
}

/** A flag and its values. */
export type FlagWords = readonly [flag: string, ...values: string[]];

/** Settings of timm's train.py for the rest of a run. */
export interface PlannedHandoff {
  /** Arguments of the run. */
  readonly args: TrainArguments;
  /** Epochs that are done. */
  readonly done: number;
  /** Epochs of the whole run. */
  readonly numEpochs: number;
  readonly processes: number;
  /** Keys of `args.yaml` with other values than those of the run. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Flags for timm. */
  readonly flags: readonly FlagWords[];
  /** Flags with which tsimm takes the run back as it was. */
  readonly back: readonly FlagWords[];
  /** Why timm cannot train this. */
  readonly problems: readonly string[];
  /** What timm does otherwise. */
  readonly warnings: readonly string[];
}

/**
 * Plans how timm goes on from a state between two epochs.
 *
 * @param state - After one epoch or more.
 * @throws UsageError if epochs are asked for that leave none to train.
 */
export function planHandoff(state: RunState, options: HandoffOptions): PlannedHandoff {
  const saved = resolveArguments(fromKeys(state.args).given);
  const dataDir = options.dataDir ?? saved.dataDir;
  const args = { ...saved, dataDir: dataDir === null ? null : resolve(dataDir) };
  const done = state.inEpoch ? state.epoch : state.epoch + 1;
  const processes = options.nodes * Math.max(1, options.gpus);
  const differences = timmDifferences(args);
  const instead: Record<string, unknown> = Object.assign({}, ...differences.map((one) => one.instead));
  const schedule = planSchedule({ ...args, ...fromKeys(instead).given }, state, {
    ...{ own: args, done, asked: options.epochs },
  });
  const { lr, epochs, skipsWarmup } = schedule;
  const batch = planBatch({ ...args, processes, even: mixes(args) });
  const kwargs = modelKwargs(args, state);
  const isAlone = processes === 1 && args.augRepeats > 0;
  return {
    ...{ args, done, numEpochs: schedule.numEpochs, processes },
    keys: {
      ...settledKeys(args, state),
      ...instead,
      ...{ lr, epochs, model_kwargs: kwargs ?? {} },
      ...(skipsWarmup ? { warmup_epochs: 0, warmup_prefix: false } : {}),
    },
    flags: [
      ...(args.dataDir === null ? [] : [["--data-dir", args.dataDir] as const]),
      ["-b", String(batch.batchSize)],
      ...(batch.gradAccumSteps === args.gradAccumSteps ? [] : [accumulation(batch.gradAccumSteps)]),
      ["--lr", String(lr)],
      ...(epochs === args.epochs ? [] : [["--epochs", String(epochs)] as const]),
      ...(skipsWarmup ? [["--warmup-epochs", "0"] as const] : []),
      ...(kwargs === null ? [] : [["--model-kwargs", ...pairs(kwargs)] as const]),
      ["--num-classes", String(state.model.numClasses)],
      ...(isAlone ? [["--aug-repeats", "0"] as const] : []),
      ...(options.gpus === 0 ? [["--device", "cpu"] as const] : []),
    ],
    back: isWhole(batch, args, processes)
      ? []
      : [["-b", String(args.batchSize)], accumulation(args.gradAccumSteps)],
    problems: [...modelProblems(state), ...differences].flatMap(({ fate, text, cure }) =>
      fate === "stops" ? [`${text}; ${cure}`] : [],
    ),
    warnings: [
      // The export says what becomes of a part that was frozen.
      ...differences.filter((one) => one.fate === "changes" && !one.ofFrozen).map(({ text }) => text),
      ...schedule.warnings,
      ...batchWarnings(args, batch, processes),
      ...(state.dataConfig.cropMode === "center" || args.valSplit === ""
        ? []
        : [`timm validates on the centre of an image, not with crop mode ${state.dataConfig.cropMode}`]),
    ],
  };
}

/** A model of one's own is none of timm's; one of an ONNX file is told apart. */
function modelProblems({ model: { arch, onnx } }: RunState): TimmDifference[] {
  const isTimms = builtInFamilies.some(({ models }) => Object.hasOwn(models, arch));
  if (isTimms || onnx !== undefined) return [];
  const text = `timm has no model "${printable(arch)}"`;
  return [{ text, fate: "stops", cure: "it goes on with the program that made it" }];
}

/** Keys that the state answers, so that timm need not find them out again, and what it must not begin with again. */
function settledKeys(args: TrainArguments, { model, dataConfig }: RunState): Record<string, unknown> {
  const { inputSize, mean, std, interpolation, cropPct } = dataConfig;
  return {
    ...(args.model.includes(":") ? { model: model.arch } : {}),
    ...{ input_size: inputSize, mean, std, interpolation, crop_pct: cropPct },
    ...{ data_dir: args.dataDir, num_classes: model.numClasses },
    ...{ initial_checkpoint: "", start_epoch: null, pretrained: false, pretrained_path: null },
    ...{ head_init_scale: null, head_init_bias: null },
  };
}

/** Options of timm's constructor: those of the run, and the size of the images where the model is made for one. */
function modelKwargs(args: TrainArguments, { model, dataConfig }: RunState): Record<string, unknown> | null {
  const own = args.modelKwargs ?? {};
  const all = isSizedModel(model.arch) ? { img_size: dataConfig.inputSize[1], ...own } : { ...own };
  return Object.keys(all).length === 0 ? null : all;
}

/** `key=value`, a value as Python's literal. */
function pairs(kwargs: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(kwargs).map(([key, value]) => `${key}=${pythonText(value)}`);
}

/** Texts need no quotes there unless they look like another literal. */
function pythonText(value: unknown): string {
  if (typeof value !== "string") return pythonLiteral(value);
  return parsePythonLiteral(value) === undefined ? value : pythonLiteral(value);
}

function accumulation(steps: number): FlagWords {
  return ["--grad-accum-steps", String(steps)];
}

/** Whether the batches of all processes together are those of the run, as tsimm joins them when it takes a run back. */
function isWhole(batch: BatchPlan, args: TrainArguments, processes: number): boolean {
  return batch.batchSize * processes === args.batchSize && batch.gradAccumSteps === args.gradAccumSteps;
}

function batchWarnings(args: TrainArguments, batch: BatchPlan, processes: number): string[] {
  const images = args.batchSize * args.gradAccumSteps;
  if (batch.images === images) return [];
  const even = mixes(args) ? ", in batches of an even number, as timm needs for mixup and CutMix" : "";
  return [
    `${images} images an update cannot be divided among ${processes} process${processes === 1 ? "" : "es"}${even}: it becomes ${batch.images} at the same rate`,
  ];
}
