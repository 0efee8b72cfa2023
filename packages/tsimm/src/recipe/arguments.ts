/**
 * The one table of training arguments. Command-line parsing, `--help`, `args.yaml`, `--config` and the type
 * {@link TrainArguments} all come from it; the type, the names of what is built in and the flags that definitions
 * bring are written by `npx vitest run packages/tsimm/src/recipe/arguments.test.ts -u`, so that `--help` loads no
 * definition.
 *
 * A key is the camelCase form of timm's flag: `warmupEpochs` is `--warmup-epochs` and, in files shared with
 * Python, `warmup_epochs`.
 */
import type { DefinitionFlag } from "../registry.ts";
import { builtInNames, definitionFlags } from "./generated/built-ins.ts";
import type { TrainArguments } from "./generated/train-arguments.ts";

export type { TrainArguments } from "./generated/train-arguments.ts";

/** One row of the table. */
export interface Flag extends DefinitionFlag {
  /** Heading in `--help`. */
  readonly group: string;
  /** One-letter or alternative spelling, as on the command line. */
  readonly short?: string;
  /** It takes the name of a definition, one that is built in or one that a user registers: the names to show. */
  readonly names?: readonly string[];
  /** true: `args.yaml` has it only where it differs from its default. */
  readonly savedIfSet?: boolean;
}

/** Flags of training itself. */
const ownFlags: Readonly<Record<Exclude<keyof TrainArguments, keyof typeof definitionFlags>, Flag>> = {
  dataDir: { type: "string", default: null, group: "Data", help: "image folder, a .tar with the same tree, or a .csv of paths and labels; absent: a demo of about a minute on built-in images" },
  trainSplit: { type: "string", default: "train", group: "Data", help: "sub-folder of the training images" },
  valSplit: { type: "string", default: "validation", group: "Data", help: "sub-folder of the validation images; '' switches validation off" },
  task: { type: "string", default: "classification", names: builtInNames.task, savedIfSet: true, group: "Data", help: "what is learnt of an image" },
  imageColumn: { type: "string", default: "", savedIfSet: true, group: "Data", help: "column of a CSV that holds the paths of the images" },
  labelColumns: { type: "strings", default: null, savedIfSet: true, group: "Data", help: "columns of a CSV that hold labels or numbers" },
  balancedSampling: { type: "flag", default: false, savedIfSet: true, group: "Data", help: "draw the images of every class equally often" },
  classMap: { type: "string", default: "", group: "Data", help: "text file whose line n names class n" },
  maxBadImages: { type: "float", default: 0.05, min: 0, max: 1, group: "Data", help: "share of unreadable images above which the run stops; unless 0, a handful never stops it" },
  workers: { type: "int", default: 4, min: 0, short: "-j", group: "Data", help: "decoding threads; 0 decodes on the training thread" },

  model: {
    type: "string",
    default: "resnet50",
    group: "Model",
    help: "name of the model (tsimm models lists them), also with a tag as resnet18.a1_in1k, or hf-hub:OWNER/REPOSITORY or local-dir:FOLDER, or an .onnx file",
  },
  pretrained: { type: "flag", default: false, savedIfSet: true, group: "Model", help: "start from the weights of the model's tag, fetched from the hub" },
  pretrainedPath: {
    type: "string",
    default: null,
    savedIfSet: true,
    group: "Model",
    help: "file of pretrained weights to start from, .safetensors or PyTorch's; classes, channels and image size may differ",
  },
  logits: { type: "string", default: "", savedIfSet: true, group: "Model", help: "value of an ONNX file that its classifier leads to; absent: the file's outputs (tsimm inspect shows them)" },
  initialCheckpoint: { type: "string", default: "", group: "Model", help: "file of weights to start from, .safetensors or PyTorch's" },
  newHead: { type: "flag", default: false, savedIfSet: true, group: "Model", help: "take all of --initial-checkpoint but its classifier" },
  noInitialEma: { type: "flag", default: false, savedIfSet: true, group: "Model", help: "take the plain weights of --initial-checkpoint, also where there is a moving average" },
  resume: { type: "string", default: "", group: "Model", help: "run to continue: its folder or one of its .resume.safetensors files, or a .pth.tar that timm's train.py saved, or its folder" },
  noResumeOpt: { type: "flag", default: false, group: "Model", help: "leave the optimizer's state out of --resume" },
  numClasses: { type: "int", default: null, min: 2, group: "Model", help: "classes of the model; absent: as many as the training folder has" },
  modelKwargs: { type: "map", default: null, savedIfSet: true, group: "Model", help: "options of the model by timm's names, e.g. patch_size=8 act_layer=silu; values are Python literals" },
  gp: { type: "string", default: null, savedIfSet: true, group: "Model", help: "pooling before the classifier: avg, max, avgmax, catavgmax, fast; token for vision transformers" },
  headInitScale: { type: "float", default: null, savedIfSet: true, group: "Model", help: "factor on the initial weight and bias of the classifier" },
  headInitBias: { type: "float", default: null, savedIfSet: true, group: "Model", help: "initial bias of the classifier" },
  bnMomentum: { type: "float", default: null, min: 0, max: 1, savedIfSet: true, group: "Model", help: "weight of a batch in the running statistics of batch normalizations" },
  bnEps: { type: "float", default: null, above: 0, savedIfSet: true, group: "Model", help: "epsilon of batch normalizations" },
  inputImgMode: { type: "string", default: null, savedIfSet: true, group: "Model", help: "RGB or L (grey), as --in-chans says" },
  inChans: { type: "int", default: null, min: 1, group: "Model", help: "input channels, 1 or 3" },
  imgSize: { type: "int", default: null, min: 1, group: "Model", help: "side of the square input in pixels" },
  inputSize: { type: "ints", default: null, min: 1, count: [3, 3], group: "Model", help: "channels, height and width of the input; beats --img-size" },
  cropPct: { type: "float", default: null, above: 0, max: 1, group: "Model", help: "share of the image that the evaluation crop keeps" },
  mean: { type: "floats", default: null, count: [1, 4], group: "Model", help: "per-channel mean that normalises pixels in 0..1" },
  std: { type: "floats", default: null, above: 0, count: [1, 4], group: "Model", help: "per-channel standard deviation that normalises pixels" },
  drop: { type: "float", default: 0, min: 0, below: 1, group: "Model", help: "dropout before the classifier" },
  dropPath: { type: "float", default: null, min: 0, below: 1, group: "Model", help: "drop-path rate of the last block (stochastic depth)" },
  dropConnect: { type: "float", default: null, min: 0, below: 1, group: "Model", help: "old name of --drop-path" },
  interpolation: { type: "string", default: "", choices: ["", "bilinear", "bicubic"], group: "Model", help: "resampling of evaluation images" },
  batchSize: { type: "int", default: 128, min: 1, short: "-b", group: "Model", help: "images per batch" },
  validationBatchSize: { type: "int", default: null, min: 1, short: "-vb", group: "Model", help: "images per validation batch; absent: --batch-size" },
  gradAccumSteps: { type: "int", default: 1, min: 1, group: "Model", help: "batches per update" },

  freeze: {
    type: "strings",
    default: null,
    savedIfSet: true,
    group: "Fine-tuning",
    help: "parts that are not trained: modules or parameters, * for any characters; backbone: all but the classifier; batchnorm: every batch normalization",
  },
  unfreezeAt: { type: "int", default: null, min: 0, savedIfSet: true, group: "Fine-tuning", help: "epoch, counted from 0, from which on everything is trained" },
  headOnly: { type: "flag", default: false, savedIfSet: true, group: "Fine-tuning", help: "train the classifier alone, on features that are computed once" },
  featureCrops: {
    type: "int",
    default: null,
    min: 1,
    savedIfSet: true,
    group: "Fine-tuning",
    help: "augmented crops of each image that --head-only computes the features of, taken in turn by the epochs; absent: the evaluation crop, and its mirror image",
  },

  opt: { type: "string", default: "sgd", names: builtInNames.optimizer, group: "Optimizer", help: "optimizer" },
  optEps: { type: "float", default: null, min: 0, group: "Optimizer", help: "epsilon; absent: the optimizer's own" },
  optBetas: { type: "floats", default: null, min: 0, count: [2, 3], group: "Optimizer", help: "betas, as many as the optimizer has; absent: its own" },
  momentum: { type: "float", default: 0.9, min: 0, group: "Optimizer", help: "momentum, where the optimizer has one" },
  weightDecay: { type: "float", default: 2e-5, min: 0, group: "Optimizer", help: "weight decay of tensors with two or more dimensions" },
  optKwargs: { type: "map", default: null, savedIfSet: true, group: "Optimizer", help: "options of the optimizer by timm's names, e.g. betas=(0.9,0.95) nesterov=True; values are Python literals" },
  clipGrad: { type: "float", default: null, above: 0, group: "Optimizer", help: "bound of the gradients; absent: off" },
  clipMode: { type: "string", default: "norm", choices: ["norm", "value", "agc"], group: "Optimizer", help: "what --clip-grad bounds" },
  layerDecay: { type: "float", default: null, above: 0, group: "Optimizer", help: "factor on the learning rate per layer below the head; absent: off" },
  layerDecayMinScale: { type: "float", default: 0, min: 0, group: "Optimizer", help: "smallest such factor" },
  layerDecayNoOptScale: { type: "float", default: null, min: 0, group: "Optimizer", help: "layers with a smaller factor are frozen" },

  sched: { type: "string", default: "cosine", names: builtInNames.schedule, group: "Schedule", help: "learning-rate schedule" },
  schedOnUpdates: { type: "flag", default: false, group: "Schedule", help: "step the schedule on every update instead of every epoch" },
  lr: { type: "float", default: null, min: 0, group: "Schedule", help: "learning rate; absent: from --lr-base and the batch size" },
  lrBase: { type: "float", default: 0.1, min: 0, group: "Schedule", help: "learning rate of a batch of --lr-base-size images" },
  lrBaseSize: { type: "int", default: 256, min: 1, group: "Schedule", help: "batch size that --lr-base is for" },
  lrBaseScale: { type: "string", default: "", choices: ["", "linear", "sqrt"], group: "Schedule", help: "how the rate follows the batch size; absent: by the optimizer" },
  lrNoise: { type: "floats", default: null, min: 0, count: [1, 2], group: "Schedule", help: "noise from (to) this fraction of the epochs" },
  lrNoisePct: { type: "float", default: 0.67, above: 0, group: "Schedule", help: "bound of the noise, as a fraction of the rate" },
  lrNoiseStd: { type: "float", default: 1, above: 0, group: "Schedule", help: "standard deviation of the noise" },
  lrCycleMul: { type: "float", default: 1, above: 0, group: "Schedule", help: "factor of each cycle's length (cosine, tanh, poly)" },
  lrCycleDecay: { type: "float", default: 0.5, min: 0, group: "Schedule", help: "factor of each cycle's height (cosine, tanh, poly)" },
  lrCycleLimit: { type: "int", default: 1, min: 0, group: "Schedule", help: "number of cycles (cosine, tanh, poly)" },
  lrKDecay: { type: "float", default: 1, above: 0, group: "Schedule", help: "k of k-decay (cosine, poly)" },
  warmupLr: { type: "float", default: 1e-5, min: 0, group: "Schedule", help: "rate at the start of the warm-up" },
  warmupEpochs: { type: "int", default: 5, min: 0, group: "Schedule", help: "epochs of linear warm-up" },
  warmupPrefix: { type: "flag", default: false, group: "Schedule", help: "the warm-up precedes the schedule and lengthens the run" },
  minLr: { type: "float", default: 0, min: 0, group: "Schedule", help: "lowest rate (cosine, tanh, poly, plateau)" },
  epochs: { type: "int", default: 300, min: 1, group: "Schedule", help: "epochs to train" },
  startEpoch: { type: "int", default: null, min: 0, group: "Schedule", help: "first epoch; overrides the resumed one" },
  decayMilestones: { type: "ints", default: [90, 180, 270], min: 0, count: [1, 1000], group: "Schedule", help: "epochs at which multistep decays" },
  decayEpochs: { type: "float", default: 90, above: 0, group: "Schedule", help: "epochs between two decays of step; epochs of decay of wsd, where 0.3 x --epochs is the default; fractions allowed" },
  decayRate: { type: "float", default: 0.1, min: 0, short: "--dr", group: "Schedule", help: "factor of a decay (step, multistep, plateau)" },
  cooldownEpochs: { type: "int", default: 0, min: 0, group: "Schedule", help: "epochs at the lowest rate after a cyclic schedule; plateau's cooldown" },
  patienceEpochs: { type: "int", default: 10, min: 0, group: "Schedule", help: "epochs without improvement that plateau waits" },
  power: { type: "float", default: null, above: 0, group: "Schedule", help: "power of poly; absent: --decay-rate" },
  milestoneTiming: { type: "string", default: "timm", choices: ["timm", "torch"], group: "Schedule", help: "multistep decays one epoch early (timm) or at the milestone (torch)" },
  plateauThreshold: { type: "float", default: 1e-4, min: 0, group: "Schedule", help: "least improvement that plateau counts" },
  thresholdMode: { type: "string", default: "rel", choices: ["rel", "abs"], group: "Schedule", help: "whether that threshold is relative" },

  noAug: { type: "flag", default: false, group: "Augmentation and loss", help: "no augmentation: resize and centre crop only" },
  trainCropMode: {
    type: "string",
    default: null,
    choices: ["rrc", "rkrc", "rkrr"],
    savedIfSet: true,
    group: "Augmentation and loss",
    help: "crop of training images: random area (rrc, the default); shorter side resized, middle taken (rkrc) or any place (rkrr)",
  },
  scale: { type: "floats", default: [0.08, 1], above: 0, count: [2, 2], group: "Augmentation and loss", help: "area of the random crop, as a share of the image" },
  ratio: { type: "floats", default: [0.75, 1.3333333333333333], above: 0, count: [2, 2], group: "Augmentation and loss", help: "aspect ratio of the random crop" },
  hflip: { type: "float", default: 0.5, min: 0, max: 1, group: "Augmentation and loss", help: "chance of a horizontal flip" },
  vflip: { type: "float", default: 0, min: 0, max: 1, group: "Augmentation and loss", help: "chance of a vertical flip" },
  colorJitter: { type: "float", default: 0.4, min: 0, group: "Augmentation and loss", help: "strength of the brightness, contrast and saturation jitter" },
  colorJitterProb: { type: "float", default: null, min: 0, max: 1, savedIfSet: true, group: "Augmentation and loss", help: "chance of the colour jitter; absent: always" },
  grayscaleProb: { type: "float", default: null, min: 0, max: 1, savedIfSet: true, group: "Augmentation and loss", help: "chance that a training image becomes grey" },
  gaussianBlurProb: { type: "float", default: null, min: 0, max: 1, savedIfSet: true, group: "Augmentation and loss", help: "chance that a training image is blurred" },
  aa: {
    type: "string",
    default: null,
    savedIfSet: true,
    group: "Augmentation and loss",
    help: "policy of augmentation: rand-m9-mstd0.5-inc1, augmix-m5-w4-d2, original, originalr, v0, v0r or 3a; without 3a no jitter",
  },
  augSplits: {
    type: "int",
    default: 0,
    min: 0,
    savedIfSet: true,
    group: "Augmentation and loss",
    help: "images of each sample in a batch, the first without the augmentation that follows crop and flips; 0: one",
  },
  jsdLoss: { type: "flag", default: false, savedIfSet: true, group: "Augmentation and loss", help: "cross-entropy of the first image of --aug-splits, and the Jensen-Shannon divergence of all" },
  splitBn: { type: "flag", default: false, savedIfSet: true, group: "Augmentation and loss", help: "batch normalizations of their own for each of --aug-splits" },
  resplit: { type: "flag", default: false, savedIfSet: true, group: "Augmentation and loss", help: "no random erasing in the first of --aug-splits, without these in the first half of a batch" },
  mixupMode: {
    type: "string",
    default: "batch",
    choices: ["batch", "pair", "elem"],
    savedIfSet: true,
    group: "Augmentation and loss",
    help: "one mixture for a batch, for each pair of images, or for each image",
  },
  augRepeats: { type: "float", default: 0, min: 0, savedIfSet: true, group: "Augmentation and loss", help: "augment each image so often in succession, and see that much fewer in an epoch; 0: off" },
  reprob: { type: "float", default: 0, min: 0, max: 1, savedIfSet: true, group: "Augmentation and loss", help: "chance of random erasing" },
  remode: {
    type: "string",
    default: "pixel",
    choices: ["const", "rand", "pixel"],
    savedIfSet: true,
    group: "Augmentation and loss",
    help: "fill of erased boxes: the mean, noise of each channel, or noise of each pixel",
  },
  recount: { type: "int", default: 1, min: 1, savedIfSet: true, group: "Augmentation and loss", help: "most boxes erased in an image" },
  trainInterpolation: { type: "string", default: "random", choices: ["random", "bilinear", "bicubic"], group: "Augmentation and loss", help: "resampling of training images" },
  mixup: { type: "float", default: 0, min: 0, group: "Augmentation and loss", help: "alpha of mixup; 0: off" },
  cutmix: { type: "float", default: 0, min: 0, group: "Augmentation and loss", help: "alpha of CutMix; 0: off" },
  cutmixMinmax: {
    type: "floats",
    default: null,
    min: 0,
    max: 1,
    count: [2, 2],
    ascending: true,
    group: "Augmentation and loss",
    help: "sides of CutMix's box as shares of the image's; switches it on",
  },
  mixupProb: { type: "float", default: 1, min: 0, max: 1, group: "Augmentation and loss", help: "chance that a batch is mixed" },
  mixupSwitchProb: { type: "float", default: 0.5, min: 0, max: 1, group: "Augmentation and loss", help: "chance of CutMix where mixup is on too" },
  mixupOffEpoch: { type: "int", default: 0, min: 0, group: "Augmentation and loss", help: "no mixing from this epoch on; 0: never off" },
  smoothing: { type: "float", default: 0.1, min: 0, max: 1, group: "Augmentation and loss", help: "label smoothing" },
  classWeights: {
    type: "strings",
    default: null,
    savedIfSet: true,
    group: "Augmentation and loss",
    help: "weights of the classes in the loss: balanced, by how rare a class is, or cat=1 dog=3.5, 1 for those not named",
  },
  bceLoss: { type: "flag", default: false, savedIfSet: true, group: "Augmentation and loss", help: "binary cross-entropy of each class in place of softmax" },
  bceSum: { type: "flag", default: false, savedIfSet: true, group: "Augmentation and loss", help: "binary cross-entropy is summed over the classes, not averaged" },
  bceTargetThresh: { type: "float", default: null, min: 0, max: 1, savedIfSet: true, group: "Augmentation and loss", help: "targets of binary cross-entropy above this are 1, others 0" },
  bcePosWeight: { type: "float", default: null, above: 0, savedIfSet: true, group: "Augmentation and loss", help: "weight of the classes that are there in binary cross-entropy" },
  regressionLoss: { type: "string", default: "mse", choices: ["mse", "l1", "huber"], savedIfSet: true, group: "Augmentation and loss", help: "loss of a regression" },
  huberDelta: { type: "float", default: null, above: 0, savedIfSet: true, group: "Augmentation and loss", help: "error above which --regression-loss huber grows linearly; absent: 1" },

  modelEma: { type: "flag", default: false, group: "Moving average", help: "keep a moving average of the weights" },
  modelEmaDecay: { type: "float", default: 0.9998, min: 0, max: 1, group: "Moving average", help: "decay of the moving average" },
  modelEmaWarmup: { type: "flag", default: true, group: "Moving average", help: "start with a faster decay (--no-model-ema-warmup switches it off)" },

  seed: { type: "int", default: 42, group: "Run", help: "seed of every random stream and of the schedule's noise" },
  logInterval: { type: "int", default: 50, min: 1, group: "Run", help: "updates between two log lines" },
  valInterval: { type: "int", default: 1, min: 1, group: "Run", help: "epochs between validation and checkpoints" },
  recoveryInterval: { type: "int", default: 0, min: 0, group: "Run", help: "updates between recovery checkpoints; 0: only on Ctrl-C" },
  checkpointHist: { type: "int", default: 10, min: 1, group: "Run", help: "best checkpoints to keep" },
  evalMetric: { type: "string", default: "top1", group: "Run", help: "metric that names the best checkpoint, one of the task's; another task than classification has its own" },
  earlyStopEpochs: { type: "int", default: null, min: 1, savedIfSet: true, group: "Run", help: "epochs without improvement of that metric after which the run ends" },
  metricsJsonl: { type: "flag", default: false, savedIfSet: true, group: "Run", help: "write metrics.jsonl, a line of JSON for each epoch" },
  tensorboard: { type: "flag", default: false, savedIfSet: true, group: "Run", help: "write a TensorBoard event file into the run's folder" },
  report: { type: "flag", default: true, savedIfSet: true, group: "Run", help: "write report.html when the run ends: curves, confusion matrix and worst mistakes on one page" },
  output: { type: "string", default: "", group: "Run", help: "parent folder of runs; absent: ./output/train" },
  experiment: { type: "string", default: "", group: "Run", help: "name of the run's folder; absent: time, model and size" },
  overwrite: { type: "flag", default: false, group: "Run", help: "start anew in a folder that holds a run" },
  engine: {
    type: "string",
    default: "auto",
    names: builtInNames.engine,
    group: "Run",
    help: "engine that computes; auto: a GPU through WebGPU where there is one, else native where installed, else WebAssembly",
  },
  threads: { type: "int", default: null, min: 1, group: "Run", help: "engine threads; absent: all cores" },
  tune: { type: "flag", default: true, savedIfSet: true, group: "Run", help: "measure once per processor and shape which way to compute is fastest (--no-tune: fixed ways, also where CI is set)" },
};

/** Every argument of `tsimm train`, grouped as `--help` shows them. */
export const trainFlags: Readonly<Record<keyof TrainArguments, Flag>> = { ...ownFlags, ...definitionFlags };

/** Name of an argument, camelCase. */
export type ArgumentName = keyof TrainArguments;

/** Flags of definitions that were registered. */
const registeredFlags = new Map<string, Flag>();

/**
 * Adds the flags of definitions that a user has registered; the same row again changes nothing.
 *
 * @param rows - From `definitionFlagRows`.
 * @throws RangeError if another flag has the name.
 */
export function addFlags(rows: Iterable<readonly [string, Flag]>): void {
  for (const [name, flag] of rows) {
    const first = findFlag(name);
    if (first !== undefined && !isSameFlag(first, flag)) {
      throw new RangeError(`addFlags: --${separated(name, "-")} must be a new flag, got one that means "${first.help}"; rename it`);
    }
    if (first === undefined) registeredFlags.set(name, flag);
  }
}

/** Whether two flags take the same values; help does not count. */
export function isSameFlag({ help: _, ...a }: DefinitionFlag, { help: __, ...b }: DefinitionFlag): boolean {
  const sorted = (flag: object) => JSON.stringify(Object.entries(flag).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}

/** Names of arguments that registered definitions have brought. */
export function registeredArguments(): readonly string[] {
  return [...registeredFlags.keys()];
}

/** The row of an argument; undefined if there is none of that name. */
export function findFlag(name: string): Flag | undefined {
  return Object.hasOwn(trainFlags, name) ? trainFlags[name as ArgumentName] : registeredFlags.get(name);
}

/** Whether it is the name of an argument. */
export function isArgumentName(name: string): name is ArgumentName {
  return findFlag(name) !== undefined;
}

/** The table as a list of names and rows, flags of registered definitions last. */
export function trainFlagRows(): readonly (readonly [ArgumentName, Flag])[] {
  return [...Object.entries(trainFlags), ...registeredFlags] as [ArgumentName, Flag][];
}

/** `warmupEpochs` → `warmup-epochs` (command line) or, with `_`, `warmup_epochs` (files). */
export function separated(name: string, separator: "-" | "_"): string {
  return name.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}
