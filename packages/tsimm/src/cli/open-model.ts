/** Opens the model that a command's flags name. */
import { parseModelName } from "../models/pretrained/model-name.ts";
import { openTrainedModel, type TrainedModel } from "../predict/trained-model.ts";
import { fromFlags } from "../recipe/from-flags.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { reasonNotRead } from "../weights/read-weights-file.ts";

/** Flags of a command that choose a model. */
export interface ModelFlags {
  readonly model?: string;
  readonly numClasses?: number;
  readonly useEma?: boolean;
  readonly noEma?: boolean;
  readonly imgSize?: number;
}

/**
 * Refuses flags that no file can fit.
 *
 * @throws UsageError
 */
export function checkModelFlags(command: string, { model, useEma, noEma }: ModelFlags): void {
  if (useEma && noEma) throw new UsageError(`${command}: --use-ema must be absent beside --no-ema, got both`);
  if (model !== undefined) fromFlags(command, { model }, () => parseModelName("createModel", model));
}

/**
 * Opens a file of a trained model.
 *
 * @throws UsageError for flags that do not fit the file; Error if it is no trained model.
 */
export async function openModel(command: string, path: string, flags: ModelFlags): Promise<TrainedModel> {
  const { model, numClasses, imgSize, useEma, noEma } = flags;
  const average = useEma ? true : noEma ? false : undefined;
  let trained: TrainedModel;
  try {
    trained = await openTrainedModel(path, { average, model, numClasses, imgSize });
  } catch (error) {
    const reason = reasonNotRead(error, path).replace(/^(loadClassifier|decodeClassifier): /, "");
    throw new Error(
      printable(`${command}: --checkpoint must be a trained model, got "${path}" (${reason})`),
      { cause: error },
    );
  }
  checkFits(command, trained, flags);
  return trained;
}

/** Refuses what an ONNX file has no room for, and another number of outputs. */
function checkFits(
  command: string,
  { path, model, dataConfig, outputs }: TrainedModel,
  { imgSize, numClasses, model: name }: ModelFlags,
): void {
  if (numClasses !== undefined && numClasses !== outputs) {
    throw new UsageError(
      `${command}: --num-classes must be the ${outputs} of the checkpoint, got ${numClasses}`,
    );
  }
  if (model !== null) return;
  if (name !== undefined) {
    throw new UsageError(
      printable(
        `${command}: --model must be absent for an ONNX file, which holds its model, got "${name}" and "${path}"`,
      ),
    );
  }
  const [, height, width] = dataConfig.inputSize;
  if (imgSize === undefined || (imgSize === height && imgSize === width)) return;
  throw new UsageError(
    `${command}: --img-size must be the ${height} of the ONNX file, got ${imgSize}; take the .safetensors file`,
  );
}
