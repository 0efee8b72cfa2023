/** The model of a run that is made of an ONNX file. */
import { describe, inOneFile, type ModelDescription } from "@tsimm/autodiff";
import { digestOf, readOriginal } from "../checkpoint/original-file.ts";
import { readBeside } from "../files/read-beside.ts";
import { ONNX_LIMIT, readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import type { OnnxEntry } from "../models/model-entry.ts";
import { fileClassNames } from "../models/onnx/file-preprocessing.ts";
import type { OnnxModel } from "../models/onnx/is-onnx-model.ts";
import { createOnnxModel } from "../models/onnx/onnx-model.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { checkOnnxFlags, checkOnnxInput } from "./onnx-flags.ts";
import { onnxName } from "./onnx-path.ts";
import type { RunRequest } from "./run-request.ts";

/** A file, and the head that its model gets. */
interface OnnxFile {
  /** With all tensors inside. */
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly description: ModelDescription;
}

/**
 * Makes the model of `--model FILE.onnx`, with a new head unless the file's classes are those of the data. A run that
 * goes on takes the copy in its folder.
 *
 * @param names - Classes or outputs of the data.
 * @throws UsageError if the file cannot be read or trained on images, or a flag does not fit it.
 */
export async function openOnnxModel(
  args: TrainArguments,
  names: readonly string[],
  { given, resume, messages }: Pick<RunRequest, "given" | "resume" | "messages">,
): Promise<OnnxModel> {
  checkOnnxFlags(args);
  const checkpoint = resume?.checkpoint ?? null;
  const entry = checkpoint?.state.model.onnx ?? null;
  const path = checkpoint !== null && entry !== null ? checkpoint.path : null;
  const file = await (path !== null && entry !== null
    ? ofRun(path, entry, given.model)
    : ofPath(args.model, args.logits));
  const { description, sha256, bytes } = file;
  const keepsHead = entry === null ? isOwnHead(description, names) : !entry.newHead;
  if (!keepsHead && description.classifier === null) throw noClassifier(args.model, description);
  checkOnnxInput(args, description);
  const [, height, width] = args.inputSize ?? [0, args.imgSize, args.imgSize];
  const model = within(args.model, () =>
    createOnnxModel(bytes, {
      ...{ name: onnxName(args.model), sha256, seed: args.seed },
      numClasses: keepsHead ? null : names.length,
      logits: entry === null ? (args.logits === "" ? null : args.logits) : entry.logits,
      size: height && width ? [height, width] : null,
    }),
  );
  if (model.numClasses !== names.length) {
    throw new UsageError(
      `train: --model must yield a number for each of the ${names.length} outputs of the data, got ${model.numClasses}`,
    );
  }
  for (const line of modelLines(args, model, keepsHead, names.length)) messages.info(printable(line));
  return model;
}

async function ofPath(path: string, logits: string): Promise<OnnxFile> {
  const whole = await readRegularFile(path, { limit: ONNX_LIMIT })
    .then((bytes) => inOneFile(bytes, readBeside(path, WEIGHTS_LIMIT)))
    .catch((error: NodeJS.ErrnoException) => {
      throw refused(path, error.code ?? error.message, error);
    });
  return described(path, whole, logits);
}

/** The copy in the folder of a run; `--model` may only name the same file. */
async function ofRun(
  path: string,
  { sha256, logits }: OnnxEntry,
  model: string | undefined,
): Promise<OnnxFile> {
  let bytes: Uint8Array;
  try {
    bytes = readOriginal(path, sha256);
  } catch (error) {
    throw new UsageError(`train: --resume must be a run with its ONNX file: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const file = described(path, bytes, logits ?? "");
  if (model === undefined || (await ofPath(model, "")).sha256 === sha256) return file;
  throw new UsageError(
    `train: --model must be the file that the run began with, got another one, "${printable(model)}"; leave it out`,
  );
}

function described(path: string, bytes: Uint8Array, logits: string): OnnxFile {
  const description = within(path, () => describe(bytes, logits === "" ? {} : { logits }));
  return { bytes, sha256: digestOf(bytes), description };
}

/** Whether the file says that its classes are those of the data. */
function isOwnHead({ metadata, classifier }: ModelDescription, names: readonly string[]): boolean {
  const own = fileClassNames(metadata);
  return classifier?.classes === names.length && own !== null && own.join("\n") === names.join("\n");
}

function modelLines(
  { model: path, mean, std }: TrainArguments,
  { onnx, parameters, classifier, name, numClasses }: OnnxModel,
  keepsHead: boolean,
  outputs: number,
): string[] {
  const count = parameters.reduce((sum, { data }) => sum + data.length, 0);
  const { description, preprocessing } = onnx;
  const before = description.classifier?.classes;
  return [
    `Model ${name} created of ${path}, param count:${count}`,
    keepsHead
      ? `Head: that of the file, "${classifier}", whose ${numClasses} classes are those of the data`
      : `Head: a new one in place of "${classifier}", ${outputs} outputs (the file's has ${before})`,
    ...description.obstacles.map(
      ({ op, reason, weightsBefore }) => `${weightsBefore.length} weights before ${op} stay: ${reason}`,
    ),
    ...(preprocessing === "default" && (mean === null || std === null)
      ? ["Mean and std: the file does not tell them, ImageNet's are taken; --mean and --std set others"]
      : []),
  ];
}

function noClassifier(path: string, { noClassifier: why }: ModelDescription): UsageError {
  const shown = printable(path);
  return new UsageError(
    printable(
      `train: --model must be an ONNX file with a classifier, a last Gemm, MatMul or 1x1 Conv, got "${shown}": ${why}; tsimm inspect "${shown}" shows what it holds, --logits names the value that the classifier leads to`,
    ),
  );
}

function within<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refused(path, error.message, error);
  }
}

function refused(path: string, why: string, cause: unknown): UsageError {
  return new UsageError(
    printable(`train: --model must be an ONNX file that can be trained on images, got "${path}" (${why})`),
    { cause },
  );
}
