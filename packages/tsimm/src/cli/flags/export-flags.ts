/** The flags of `tsimm export`. */
import { builtInNames } from "../../recipe/generated/built-ins.ts";
import type { EngineName } from "../../runtime/create-engine.ts";
import type { CommandFlag } from "../flag-options.ts";

/** What `tsimm export` is told, by flag; what is absent was not given. */
export interface ExportOptions {
  readonly format?: "onnx" | "timm";
  readonly checkpoint?: string;
  readonly output?: string;
  readonly model?: string;
  readonly numClasses?: number;
  readonly useEma?: boolean;
  readonly noEma?: boolean;
  readonly classMap?: string;
  readonly batchSize?: number;
  readonly imgSize?: number;
  readonly engine?: EngineName;
}

const MODEL = "Model";
const FILE = "File";

/** The flags of `tsimm export`. */
export const exportFlags: Readonly<Record<keyof ExportOptions, CommandFlag>> = {
  checkpoint: { type: "string", default: null, group: MODEL, help: "a .safetensors or .onnx file, one of PyTorch (.pth, .pth.tar, .bin), or the folder of a run (its best model)" },
  model: { type: "string", default: null, short: "-m", group: MODEL, help: "name of the model; absent: the one that the checkpoint names" },
  numClasses: { type: "int", default: null, min: 1, group: MODEL, help: "outputs of the model; absent: those of the checkpoint" },
  useEma: { type: "flag", default: false, group: MODEL, help: "take the moving average, and nothing else (default: where there is one)" },
  noEma: { type: "flag", default: false, group: MODEL, help: "take the plain weights, also where there is a moving average" },

  format: { type: "string", default: "onnx", choices: ["onnx", "timm"], group: FILE, help: "an ONNX file of the best model, or the checkpoint that timm's train.py resumes the run from" },
  output: { type: "string", default: null, short: "-o", group: FILE, help: "the .onnx file to write; for timm a .pth.tar, absent: handoff/last.pth.tar in the run's folder" },
  classMap: { type: "string", default: null, group: FILE, help: "text file whose line n names class n; absent: the names in the checkpoint" },
  batchSize: { type: "int", default: null, min: 1, short: "-b", group: FILE, help: "the only batch size that the file takes; absent: any" },
  imgSize: { type: "int", default: null, min: 1, group: FILE, help: "side of the square input in pixels; absent: that of training" },
  engine: { type: "string", default: "auto", names: builtInNames.engine, group: FILE, help: "what the file is checked with" },
};
