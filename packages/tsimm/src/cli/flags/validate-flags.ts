/** The flags of `tsimm validate`. */
import type { PretrainedConfig } from "../../models/model.ts";
import { builtInNames } from "../../recipe/generated/built-ins.ts";
import type { EngineName } from "../../runtime/create-engine.ts";
import { type ScoreAverage, scoreAverages } from "../../task/label-scores.ts";
import type { CommandFlag } from "../flag-options.ts";

/** What `tsimm validate` is told, by flag; what is absent was not given. */
export interface ValidateOptions {
  readonly checkpoint?: readonly string[];
  readonly model?: string;
  readonly pretrained?: boolean;
  readonly numClasses?: number;
  readonly useEma?: boolean;
  readonly noEma?: boolean;
  readonly dataDir?: string;
  readonly split?: string;
  readonly classMap?: string;
  readonly imageColumn?: string;
  readonly labelColumns?: readonly string[];
  readonly useTestSize?: boolean;
  readonly imgSize?: number;
  readonly cropPct?: number;
  readonly cropMode?: PretrainedConfig["cropMode"];
  readonly interpolation?: PretrainedConfig["interpolation"];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly batchSize?: number;
  readonly workers?: number;
  readonly maxBadImages?: number;
  readonly metricsAvg?: ScoreAverage;
  readonly resultsFile?: string;
  readonly resultsFormat?: "csv" | "json";
  readonly confusion?: readonly string[];
  readonly output?: string;
  readonly logFreq?: number;
  readonly engine?: EngineName;
  readonly threads?: number;
}

const MODEL = "Model";
const DATA = "Data";
const RESULTS = "Results";
const RUN = "Run";

/** The flags of `tsimm validate`. */
export const validateFlags: Readonly<Record<keyof ValidateOptions, CommandFlag>> = {
  checkpoint: {
    type: "strings",
    default: null,
    repeated: true,
    group: MODEL,
    help: "a .safetensors or .onnx file, one of PyTorch (.pth, .pth.tar, .bin), the folder of a run (its best model), or a folder of either (each of them); may be given again",
  },
  model: { type: "string", default: null, short: "-m", group: MODEL, help: "name of the model; absent: the one that the checkpoint names" },
  pretrained: { type: "flag", default: false, group: MODEL, help: "validate the pretrained weights of --model, at the size that they are tested at, in place of a checkpoint" },
  numClasses: { type: "int", default: null, min: 1, group: MODEL, help: "outputs of the model; absent: those of the checkpoint" },
  useEma: { type: "flag", default: false, group: MODEL, help: "take the moving average, and nothing else (default: where there is one)" },
  noEma: { type: "flag", default: false, group: MODEL, help: "take the plain weights, also where there is a moving average" },

  dataDir: { type: "string", default: null, group: DATA, help: "folder of images, a .tar with the same tree, or a .csv; absent: the images of the checkpoint's run" },
  split: { type: "string", default: null, group: DATA, help: "sub-folder of the images (default: validation)" },
  classMap: { type: "string", default: null, group: DATA, help: "text file whose line n names class n; absent: that of the run" },
  imageColumn: { type: "string", default: null, group: DATA, help: "column of a CSV that holds the paths of the images; absent: that of the run" },
  labelColumns: { type: "strings", default: null, group: DATA, help: "columns of a CSV that hold labels or numbers; absent: those of the run" },
  useTestSize: { type: "flag", default: false, group: DATA, help: "size and crop of the model's own configuration, not those of training" },
  imgSize: { type: "int", default: null, min: 1, group: DATA, help: "side of the square input in pixels; absent: that of training" },
  cropPct: { type: "float", default: null, above: 0, max: 1, group: DATA, help: "share of the image that the crop keeps; absent: that of training" },
  cropMode: { type: "string", default: null, choices: ["center", "squash", "border"], group: DATA, help: "how an image of another shape is cropped" },
  interpolation: { type: "string", default: null, choices: ["bilinear", "bicubic"], group: DATA, help: "resampling" },
  mean: { type: "floats", default: null, count: [1, 4], group: DATA, help: "per-channel mean that normalises pixels in 0..1" },
  std: { type: "floats", default: null, above: 0, count: [1, 4], group: DATA, help: "per-channel standard deviation that normalises pixels" },
  batchSize: { type: "int", default: null, min: 1, short: "-b", group: DATA, help: "images per batch (default: that of the run's validation, else 256)" },
  workers: { type: "int", default: 4, min: 0, short: "-j", group: DATA, help: "decoding threads; 0 decodes on the main thread" },
  maxBadImages: { type: "float", default: 0.05, min: 0, max: 1, group: DATA, help: "share of unreadable images above which the command stops; unless 0, a handful never stops it" },

  metricsAvg: { type: "string", default: null, choices: scoreAverages, group: RESULTS, help: "add precision, recall and F1: of all answers, the mean over the classes, or that by their images" },
  resultsFile: { type: "string", default: null, group: RESULTS, help: "write the results to a .csv or .json file" },
  resultsFormat: { type: "string", default: null, choices: ["csv", "json"], group: RESULTS, help: "format of that file; absent: by its ending" },
  confusion: {
    type: "strings",
    default: null,
    repeated: true,
    group: RESULTS,
    help: "write the confusion matrix to .svg, .png or .csv files; of several checkpoints that of the best one; may be given again",
  },
  output: { type: "string", default: null, short: "-o", group: RESULTS, help: "folder for the confusion matrix (figure and table), the scores of each class, and the results" },
  logFreq: { type: "int", default: 10, min: 1, group: RESULTS, help: "batches between two log lines" },

  engine: { type: "string", default: "auto", names: builtInNames.engine, group: RUN, help: "where the model runs" },
  threads: { type: "int", default: null, min: 1, group: RUN, help: "engine threads; absent: all cores" },
};
