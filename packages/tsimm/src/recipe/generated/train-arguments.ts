// Written from the table of flags: npx vitest run packages/tsimm/src/recipe/arguments.test.ts -u
import type { SchedulerName } from "@tsimm/scheduler";
import type { OptimizerName } from "../../optim/optimizers.ts";
import type { EngineName } from "../../runtime/create-engine.ts";
import type { PythonValue } from "../../text/python-literal.ts";

/** Name of a model that is built in. */
export type BuiltInModelName =
  | "convnext_atto"
  | "convnext_base"
  | "convnext_femto"
  | "convnext_nano"
  | "convnext_pico"
  | "convnext_small"
  | "convnext_tiny"
  | "deit3_base_patch16_224"
  | "deit3_medium_patch16_224"
  | "deit3_small_patch16_224"
  | "deit_base_distilled_patch16_224"
  | "deit_base_patch16_224"
  | "deit_small_distilled_patch16_224"
  | "deit_small_patch16_224"
  | "deit_tiny_distilled_patch16_224"
  | "deit_tiny_patch16_224"
  | "densenet121"
  | "densenet161"
  | "densenet169"
  | "densenet201"
  | "efficientnet_b0"
  | "efficientnet_b1"
  | "efficientnet_b2"
  | "efficientnet_b3"
  | "efficientnet_b4"
  | "efficientnet_em"
  | "efficientnet_es"
  | "efficientnet_lite0"
  | "efficientnetv2_s"
  | "mixnet_l"
  | "mixnet_m"
  | "mixnet_s"
  | "mixnet_xl"
  | "mobilenetv2_050"
  | "mobilenetv2_100"
  | "mobilenetv2_140"
  | "mobilenetv3_large_100"
  | "mobilenetv3_small_050"
  | "mobilenetv3_small_075"
  | "mobilenetv3_small_100"
  | "mobilenetv4_conv_medium"
  | "mobilenetv4_conv_small"
  | "mobilenetv4_conv_small_050"
  | "regnetx_002"
  | "regnetx_004"
  | "regnetx_006"
  | "regnetx_008"
  | "regnetx_016"
  | "regnety_002"
  | "regnety_004"
  | "regnety_006"
  | "regnety_008"
  | "regnety_016"
  | "resnet10t"
  | "resnet14t"
  | "resnet18"
  | "resnet18d"
  | "resnet26"
  | "resnet26d"
  | "resnet26t"
  | "resnet34"
  | "resnet34d"
  | "resnet50"
  | "resnet50d"
  | "resnet50t"
  | "resnet101"
  | "resnet101d"
  | "resnet152"
  | "resnext50_32x4d"
  | "seresnet18"
  | "seresnet34"
  | "seresnet50"
  | "seresnet101"
  | "seresnet152"
  | "seresnext26d_32x4d"
  | "seresnext26t_32x4d"
  | "seresnext50_32x4d"
  | "swin_base_patch4_window7_224"
  | "swin_small_patch4_window7_224"
  | "swin_tiny_patch4_window7_224"
  | "test_convnext"
  | "test_efficientnet"
  | "test_resnet"
  | "test_vit"
  | "tf_efficientnetv2_s"
  | "vgg11"
  | "vgg11_bn"
  | "vgg13"
  | "vgg13_bn"
  | "vgg16"
  | "vgg16_bn"
  | "vgg19"
  | "vgg19_bn"
  | "vit_base_patch16_224"
  | "vit_base_patch16_clip_224"
  | "vit_base_patch32_224"
  | "vit_small_patch16_224"
  | "vit_small_patch32_224"
  | "vit_tiny_patch16_224"
  | "wide_resnet50_2";

/** Arguments of a training run, by the camelCase names of the flags of `tsimm train`. */
export interface TrainArguments {
  /** Image folder, a .tar with the same tree, or a .csv of paths and labels; absent: a demo of about a minute on built-in images. Flag `--data-dir`, default null. */
  readonly dataDir: string | null;

  /** Sub-folder of the training images. Flag `--train-split`, default "train". */
  readonly trainSplit: string;

  /** Sub-folder of the validation images; '' switches validation off. Flag `--val-split`, default "validation". */
  readonly valSplit: string;

  /** What is learnt of an image. Flag `--task`, default "classification". */
  readonly task: "classification" | "multi-label" | "regression" | (string & {});

  /** Column of a CSV that holds the paths of the images. Flag `--image-column`, default "". */
  readonly imageColumn: string;

  /** Columns of a CSV that hold labels or numbers. Flag `--label-columns`, default null. */
  readonly labelColumns: readonly string[] | null;

  /** Draw the images of every class equally often. Flag `--balanced-sampling`, default false. */
  readonly balancedSampling: boolean;

  /** Text file whose line n names class n. Flag `--class-map`, default "". */
  readonly classMap: string;

  /** Share of unreadable images above which the run stops; unless 0, a handful never stops it. Allowed: a number >= 0 and <= 1. Flag `--max-bad-images`, default 0.05. */
  readonly maxBadImages: number;

  /** Decoding threads; 0 decodes on the training thread. Allowed: an integer >= 0. Flag `--workers`, default 4. */
  readonly workers: number;

  /** Name of the model (tsimm models lists them), also with a tag as resnet18.a1_in1k, or hf-hub:OWNER/REPOSITORY or local-dir:FOLDER, or an .onnx file. Flag `--model`, default "resnet50". */
  readonly model: BuiltInModelName | (string & {});

  /** Start from the weights of the model's tag, fetched from the hub. Flag `--pretrained`, default false. */
  readonly pretrained: boolean;

  /** File of pretrained weights to start from, .safetensors or PyTorch's; classes, channels and image size may differ. Flag `--pretrained-path`, default null. */
  readonly pretrainedPath: string | null;

  /** Value of an ONNX file that its classifier leads to; absent: the file's outputs (tsimm inspect shows them). Flag `--logits`, default "". */
  readonly logits: string;

  /** File of weights to start from, .safetensors or PyTorch's. Flag `--initial-checkpoint`, default "". */
  readonly initialCheckpoint: string;

  /** Take all of --initial-checkpoint but its classifier. Flag `--new-head`, default false. */
  readonly newHead: boolean;

  /** Take the plain weights of --initial-checkpoint, also where there is a moving average. Flag `--no-initial-ema`, default false. */
  readonly noInitialEma: boolean;

  /** Run to continue: its folder or one of its .resume.safetensors files, or a .pth.tar that timm's train.py saved, or its folder. Flag `--resume`, default "". */
  readonly resume: string;

  /** Leave the optimizer's state out of --resume. Flag `--no-resume-opt`, default false. */
  readonly noResumeOpt: boolean;

  /** Classes of the model; absent: as many as the training folder has. Allowed: an integer >= 2. Flag `--num-classes`, default null. */
  readonly numClasses: number | null;

  /** Options of the model by timm's names, e.g. patch_size=8 act_layer=silu; values are Python literals. Flag `--model-kwargs`, default null. */
  readonly modelKwargs: Readonly<Record<string, PythonValue>> | null;

  /** Pooling before the classifier: avg, max, avgmax, catavgmax, fast; token for vision transformers. Flag `--gp`, default null. */
  readonly gp: string | null;

  /** Factor on the initial weight and bias of the classifier. Allowed: a number. Flag `--head-init-scale`, default null. */
  readonly headInitScale: number | null;

  /** Initial bias of the classifier. Allowed: a number. Flag `--head-init-bias`, default null. */
  readonly headInitBias: number | null;

  /** Weight of a batch in the running statistics of batch normalizations. Allowed: a number >= 0 and <= 1. Flag `--bn-momentum`, default null. */
  readonly bnMomentum: number | null;

  /** Epsilon of batch normalizations. Allowed: a number > 0. Flag `--bn-eps`, default null. */
  readonly bnEps: number | null;

  /** RGB or L (grey), as --in-chans says. Flag `--input-img-mode`, default null. */
  readonly inputImgMode: string | null;

  /** Input channels, 1 or 3. Allowed: an integer >= 1. Flag `--in-chans`, default null. */
  readonly inChans: number | null;

  /** Side of the square input in pixels. Allowed: an integer >= 1. Flag `--img-size`, default null. */
  readonly imgSize: number | null;

  /** Channels, height and width of the input; beats --img-size. Allowed: 3 integers >= 1. Flag `--input-size`, default null. */
  readonly inputSize: readonly [number, number, number] | null;

  /** Share of the image that the evaluation crop keeps. Allowed: a number > 0 and <= 1. Flag `--crop-pct`, default null. */
  readonly cropPct: number | null;

  /** Per-channel mean that normalises pixels in 0..1. Allowed: 1 to 4 numbers. Flag `--mean`, default null. */
  readonly mean: readonly number[] | null;

  /** Per-channel standard deviation that normalises pixels. Allowed: 1 to 4 numbers > 0. Flag `--std`, default null. */
  readonly std: readonly number[] | null;

  /** Dropout before the classifier. Allowed: a number >= 0 and < 1. Flag `--drop`, default 0. */
  readonly drop: number;

  /** Drop-path rate of the last block (stochastic depth). Allowed: a number >= 0 and < 1. Flag `--drop-path`, default null. */
  readonly dropPath: number | null;

  /** Old name of --drop-path. Allowed: a number >= 0 and < 1. Flag `--drop-connect`, default null. */
  readonly dropConnect: number | null;

  /** Resampling of evaluation images. Flag `--interpolation`, default "". */
  readonly interpolation: "" | "bilinear" | "bicubic";

  /** Images per batch. Allowed: an integer >= 1. Flag `--batch-size`, default 128. */
  readonly batchSize: number;

  /** Images per validation batch; absent: --batch-size. Allowed: an integer >= 1. Flag `--validation-batch-size`, default null. */
  readonly validationBatchSize: number | null;

  /** Batches per update. Allowed: an integer >= 1. Flag `--grad-accum-steps`, default 1. */
  readonly gradAccumSteps: number;

  /** Parts that are not trained: modules or parameters, * for any characters; backbone: all but the classifier; batchnorm: every batch normalization. Flag `--freeze`, default null. */
  readonly freeze: readonly string[] | null;

  /** Epoch, counted from 0, from which on everything is trained. Allowed: an integer >= 0. Flag `--unfreeze-at`, default null. */
  readonly unfreezeAt: number | null;

  /** Train the classifier alone, on features that are computed once. Flag `--head-only`, default false. */
  readonly headOnly: boolean;

  /** Augmented crops of each image that --head-only computes the features of, taken in turn by the epochs; absent: the evaluation crop, and its mirror image. Allowed: an integer >= 1. Flag `--feature-crops`, default null. */
  readonly featureCrops: number | null;

  /** Optimizer. Flag `--opt`, default "sgd". */
  readonly opt: OptimizerName | `lookahead_${OptimizerName}`;

  /** Epsilon; absent: the optimizer's own. Allowed: a number >= 0. Flag `--opt-eps`, default null. */
  readonly optEps: number | null;

  /** Betas, as many as the optimizer has; absent: its own. Allowed: 2 to 3 numbers >= 0. Flag `--opt-betas`, default null. */
  readonly optBetas: readonly number[] | null;

  /** Momentum, where the optimizer has one. Allowed: a number >= 0. Flag `--momentum`, default 0.9. */
  readonly momentum: number;

  /** Weight decay of tensors with two or more dimensions. Allowed: a number >= 0. Flag `--weight-decay`, default 0.00002. */
  readonly weightDecay: number;

  /** Options of the optimizer by timm's names, e.g. betas=(0.9,0.95) nesterov=True; values are Python literals. Flag `--opt-kwargs`, default null. */
  readonly optKwargs: Readonly<Record<string, PythonValue>> | null;

  /** Bound of the gradients; absent: off. Allowed: a number > 0. Flag `--clip-grad`, default null. */
  readonly clipGrad: number | null;

  /** What --clip-grad bounds. Flag `--clip-mode`, default "norm". */
  readonly clipMode: "norm" | "value" | "agc";

  /** Factor on the learning rate per layer below the head; absent: off. Allowed: a number > 0. Flag `--layer-decay`, default null. */
  readonly layerDecay: number | null;

  /** Smallest such factor. Allowed: a number >= 0. Flag `--layer-decay-min-scale`, default 0. */
  readonly layerDecayMinScale: number;

  /** Layers with a smaller factor are frozen. Allowed: a number >= 0. Flag `--layer-decay-no-opt-scale`, default null. */
  readonly layerDecayNoOptScale: number | null;

  /** Learning-rate schedule. Flag `--sched`, default "cosine". */
  readonly sched: SchedulerName;

  /** Step the schedule on every update instead of every epoch. Flag `--sched-on-updates`, default false. */
  readonly schedOnUpdates: boolean;

  /** Learning rate; absent: from --lr-base and the batch size. Allowed: a number >= 0. Flag `--lr`, default null. */
  readonly lr: number | null;

  /** Learning rate of a batch of --lr-base-size images. Allowed: a number >= 0. Flag `--lr-base`, default 0.1. */
  readonly lrBase: number;

  /** Batch size that --lr-base is for. Allowed: an integer >= 1. Flag `--lr-base-size`, default 256. */
  readonly lrBaseSize: number;

  /** How the rate follows the batch size; absent: by the optimizer. Flag `--lr-base-scale`, default "". */
  readonly lrBaseScale: "" | "linear" | "sqrt";

  /** Noise from (to) this fraction of the epochs. Allowed: 1 to 2 numbers >= 0. Flag `--lr-noise`, default null. */
  readonly lrNoise: readonly number[] | null;

  /** Bound of the noise, as a fraction of the rate. Allowed: a number > 0. Flag `--lr-noise-pct`, default 0.67. */
  readonly lrNoisePct: number;

  /** Standard deviation of the noise. Allowed: a number > 0. Flag `--lr-noise-std`, default 1. */
  readonly lrNoiseStd: number;

  /** Factor of each cycle's length (cosine, tanh, poly). Allowed: a number > 0. Flag `--lr-cycle-mul`, default 1. */
  readonly lrCycleMul: number;

  /** Factor of each cycle's height (cosine, tanh, poly). Allowed: a number >= 0. Flag `--lr-cycle-decay`, default 0.5. */
  readonly lrCycleDecay: number;

  /** Number of cycles (cosine, tanh, poly). Allowed: an integer >= 0. Flag `--lr-cycle-limit`, default 1. */
  readonly lrCycleLimit: number;

  /** K of k-decay (cosine, poly). Allowed: a number > 0. Flag `--lr-k-decay`, default 1. */
  readonly lrKDecay: number;

  /** Rate at the start of the warm-up. Allowed: a number >= 0. Flag `--warmup-lr`, default 0.00001. */
  readonly warmupLr: number;

  /** Epochs of linear warm-up. Allowed: an integer >= 0. Flag `--warmup-epochs`, default 5. */
  readonly warmupEpochs: number;

  /** The warm-up precedes the schedule and lengthens the run. Flag `--warmup-prefix`, default false. */
  readonly warmupPrefix: boolean;

  /** Lowest rate (cosine, tanh, poly, plateau). Allowed: a number >= 0. Flag `--min-lr`, default 0. */
  readonly minLr: number;

  /** Epochs to train. Allowed: an integer >= 1. Flag `--epochs`, default 300. */
  readonly epochs: number;

  /** First epoch; overrides the resumed one. Allowed: an integer >= 0. Flag `--start-epoch`, default null. */
  readonly startEpoch: number | null;

  /** Epochs at which multistep decays. Allowed: 1 or more integers >= 0. Flag `--decay-milestones`, default [90, 180, 270]. */
  readonly decayMilestones: readonly number[];

  /** Epochs between two decays of step; epochs of decay of wsd, where 0.3 x --epochs is the default; fractions allowed. Allowed: a number > 0. Flag `--decay-epochs`, default 90. */
  readonly decayEpochs: number;

  /** Factor of a decay (step, multistep, plateau). Allowed: a number >= 0. Flag `--decay-rate`, default 0.1. */
  readonly decayRate: number;

  /** Epochs at the lowest rate after a cyclic schedule; plateau's cooldown. Allowed: an integer >= 0. Flag `--cooldown-epochs`, default 0. */
  readonly cooldownEpochs: number;

  /** Epochs without improvement that plateau waits. Allowed: an integer >= 0. Flag `--patience-epochs`, default 10. */
  readonly patienceEpochs: number;

  /** Power of poly; absent: --decay-rate. Allowed: a number > 0. Flag `--power`, default null. */
  readonly power: number | null;

  /** Multistep decays one epoch early (timm) or at the milestone (torch). Flag `--milestone-timing`, default "timm". */
  readonly milestoneTiming: "timm" | "torch";

  /** Least improvement that plateau counts. Allowed: a number >= 0. Flag `--plateau-threshold`, default 0.0001. */
  readonly plateauThreshold: number;

  /** Whether that threshold is relative. Flag `--threshold-mode`, default "rel". */
  readonly thresholdMode: "rel" | "abs";

  /** No augmentation: resize and centre crop only. Flag `--no-aug`, default false. */
  readonly noAug: boolean;

  /** Crop of training images: random area (rrc, the default); shorter side resized, middle taken (rkrc) or any place (rkrr). Flag `--train-crop-mode`, default null. */
  readonly trainCropMode: "rrc" | "rkrc" | "rkrr" | null;

  /** Area of the random crop, as a share of the image. Allowed: 2 numbers > 0. Flag `--scale`, default [0.08, 1]. */
  readonly scale: readonly [number, number];

  /** Aspect ratio of the random crop. Allowed: 2 numbers > 0. Flag `--ratio`, default [0.75, 1.3333333333333333]. */
  readonly ratio: readonly [number, number];

  /** Chance of a horizontal flip. Allowed: a number >= 0 and <= 1. Flag `--hflip`, default 0.5. */
  readonly hflip: number;

  /** Chance of a vertical flip. Allowed: a number >= 0 and <= 1. Flag `--vflip`, default 0. */
  readonly vflip: number;

  /** Strength of the brightness, contrast and saturation jitter. Allowed: a number >= 0. Flag `--color-jitter`, default 0.4. */
  readonly colorJitter: number;

  /** Chance of the colour jitter; absent: always. Allowed: a number >= 0 and <= 1. Flag `--color-jitter-prob`, default null. */
  readonly colorJitterProb: number | null;

  /** Chance that a training image becomes grey. Allowed: a number >= 0 and <= 1. Flag `--grayscale-prob`, default null. */
  readonly grayscaleProb: number | null;

  /** Chance that a training image is blurred. Allowed: a number >= 0 and <= 1. Flag `--gaussian-blur-prob`, default null. */
  readonly gaussianBlurProb: number | null;

  /** Policy of augmentation: rand-m9-mstd0.5-inc1, augmix-m5-w4-d2, original, originalr, v0, v0r or 3a; without 3a no jitter. Flag `--aa`, default null. */
  readonly aa: string | null;

  /** Images of each sample in a batch, the first without the augmentation that follows crop and flips; 0: one. Allowed: an integer >= 0. Flag `--aug-splits`, default 0. */
  readonly augSplits: number;

  /** Cross-entropy of the first image of --aug-splits, and the Jensen-Shannon divergence of all. Flag `--jsd-loss`, default false. */
  readonly jsdLoss: boolean;

  /** Batch normalizations of their own for each of --aug-splits. Flag `--split-bn`, default false. */
  readonly splitBn: boolean;

  /** No random erasing in the first of --aug-splits, without these in the first half of a batch. Flag `--resplit`, default false. */
  readonly resplit: boolean;

  /** One mixture for a batch, for each pair of images, or for each image. Flag `--mixup-mode`, default "batch". */
  readonly mixupMode: "batch" | "pair" | "elem";

  /** Augment each image so often in succession, and see that much fewer in an epoch; 0: off. Allowed: a number >= 0. Flag `--aug-repeats`, default 0. */
  readonly augRepeats: number;

  /** Chance of random erasing. Allowed: a number >= 0 and <= 1. Flag `--reprob`, default 0. */
  readonly reprob: number;

  /** Fill of erased boxes: the mean, noise of each channel, or noise of each pixel. Flag `--remode`, default "pixel". */
  readonly remode: "const" | "rand" | "pixel";

  /** Most boxes erased in an image. Allowed: an integer >= 1. Flag `--recount`, default 1. */
  readonly recount: number;

  /** Resampling of training images. Flag `--train-interpolation`, default "random". */
  readonly trainInterpolation: "random" | "bilinear" | "bicubic";

  /** Alpha of mixup; 0: off. Allowed: a number >= 0. Flag `--mixup`, default 0. */
  readonly mixup: number;

  /** Alpha of CutMix; 0: off. Allowed: a number >= 0. Flag `--cutmix`, default 0. */
  readonly cutmix: number;

  /** Sides of CutMix's box as shares of the image's; switches it on. Allowed: 2 numbers >= 0 and <= 1, the smaller first. Flag `--cutmix-minmax`, default null. */
  readonly cutmixMinmax: readonly [number, number] | null;

  /** Chance that a batch is mixed. Allowed: a number >= 0 and <= 1. Flag `--mixup-prob`, default 1. */
  readonly mixupProb: number;

  /** Chance of CutMix where mixup is on too. Allowed: a number >= 0 and <= 1. Flag `--mixup-switch-prob`, default 0.5. */
  readonly mixupSwitchProb: number;

  /** No mixing from this epoch on; 0: never off. Allowed: an integer >= 0. Flag `--mixup-off-epoch`, default 0. */
  readonly mixupOffEpoch: number;

  /** Label smoothing. Allowed: a number >= 0 and <= 1. Flag `--smoothing`, default 0.1. */
  readonly smoothing: number;

  /** Weights of the classes in the loss: balanced, by how rare a class is, or cat=1 dog=3.5, 1 for those not named. Flag `--class-weights`, default null. */
  readonly classWeights: readonly string[] | null;

  /** Binary cross-entropy of each class in place of softmax. Flag `--bce-loss`, default false. */
  readonly bceLoss: boolean;

  /** Binary cross-entropy is summed over the classes, not averaged. Flag `--bce-sum`, default false. */
  readonly bceSum: boolean;

  /** Targets of binary cross-entropy above this are 1, others 0. Allowed: a number >= 0 and <= 1. Flag `--bce-target-thresh`, default null. */
  readonly bceTargetThresh: number | null;

  /** Weight of the classes that are there in binary cross-entropy. Allowed: a number > 0. Flag `--bce-pos-weight`, default null. */
  readonly bcePosWeight: number | null;

  /** Loss of a regression. Flag `--regression-loss`, default "mse". */
  readonly regressionLoss: "mse" | "l1" | "huber";

  /** Error above which --regression-loss huber grows linearly; absent: 1. Allowed: a number > 0. Flag `--huber-delta`, default null. */
  readonly huberDelta: number | null;

  /** Keep a moving average of the weights. Flag `--model-ema`, default false. */
  readonly modelEma: boolean;

  /** Decay of the moving average. Allowed: a number >= 0 and <= 1. Flag `--model-ema-decay`, default 0.9998. */
  readonly modelEmaDecay: number;

  /** Start with a faster decay (--no-model-ema-warmup switches it off). Flag `--model-ema-warmup`, default true. */
  readonly modelEmaWarmup: boolean;

  /** Seed of every random stream and of the schedule's noise. Allowed: an integer. Flag `--seed`, default 42. */
  readonly seed: number;

  /** Updates between two log lines. Allowed: an integer >= 1. Flag `--log-interval`, default 50. */
  readonly logInterval: number;

  /** Epochs between validation and checkpoints. Allowed: an integer >= 1. Flag `--val-interval`, default 1. */
  readonly valInterval: number;

  /** Updates between recovery checkpoints; 0: only on Ctrl-C. Allowed: an integer >= 0. Flag `--recovery-interval`, default 0. */
  readonly recoveryInterval: number;

  /** Best checkpoints to keep. Allowed: an integer >= 1. Flag `--checkpoint-hist`, default 10. */
  readonly checkpointHist: number;

  /** Metric that names the best checkpoint, one of the task's; another task than classification has its own. Flag `--eval-metric`, default "top1". */
  readonly evalMetric: string;

  /** Epochs without improvement of that metric after which the run ends. Allowed: an integer >= 1. Flag `--early-stop-epochs`, default null. */
  readonly earlyStopEpochs: number | null;

  /** Write metrics.jsonl, a line of JSON for each epoch. Flag `--metrics-jsonl`, default false. */
  readonly metricsJsonl: boolean;

  /** Write a TensorBoard event file into the run's folder. Flag `--tensorboard`, default false. */
  readonly tensorboard: boolean;

  /** Write report.html when the run ends: curves, confusion matrix and worst mistakes on one page. Flag `--report`, default true. */
  readonly report: boolean;

  /** Parent folder of runs; absent: ./output/train. Flag `--output`, default "". */
  readonly output: string;

  /** Name of the run's folder; absent: time, model and size. Flag `--experiment`, default "". */
  readonly experiment: string;

  /** Start anew in a folder that holds a run. Flag `--overwrite`, default false. */
  readonly overwrite: boolean;

  /** Engine that computes; auto: a GPU through WebGPU where there is one, else native where installed, else WebAssembly. Flag `--engine`, default "auto". */
  readonly engine: EngineName;

  /** Engine threads; absent: all cores. Allowed: an integer >= 1. Flag `--threads`, default null. */
  readonly threads: number | null;

  /** Measure once per processor and shape which way to compute is fastest (--no-tune: fixed ways, also where CI is set). Flag `--tune`, default true. */
  readonly tune: boolean;

  /** Share of the run in which the rate rises (onecycle). Allowed: a number > 0 and < 1. Flag `--pct-start`, default 0.3. */
  readonly pctStart: number;

  /** Peak divided by the first rate (onecycle). Allowed: a number > 0. Flag `--div-factor`, default 25. */
  readonly divFactor: number;

  /** First rate divided by the last one (onecycle). Allowed: a number > 0. Flag `--final-div-factor`, default 10000. */
  readonly finalDivFactor: number;

  /** Shape of the rise and of the fall (onecycle). Flag `--anneal`, default "cos". */
  readonly anneal: "cos" | "linear";

  /** Argument of tanh at the start of a cycle, below --ub (tanh). Allowed: a number. Flag `--lb`, default -7. */
  readonly lb: number;

  /** Argument of tanh at the end of a cycle (tanh). Allowed: a number. Flag `--ub`, default 3. */
  readonly ub: number;

  /** Shape of the decay (wsd). Flag `--decay-shape`, default "linear". */
  readonly decayShape: "linear" | "cosine" | "sqrt";
}
