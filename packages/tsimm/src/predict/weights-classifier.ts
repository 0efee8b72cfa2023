/** A classifier from a file of weights, which names its model. */
import { readOriginal } from "../checkpoint/original-file.ts";
import type { ReadWeights } from "../checkpoint/read-weights.ts";
import type { WeightsDescription } from "../checkpoint/weights-description.ts";
import type { Model } from "../models/model.ts";
import { createOnnxModel } from "../models/onnx/onnx-model.ts";
import { type ClassifierFile, decodeClassifier, encodeClassifier } from "../models/onnx-file.ts";
import { createModel } from "../models/pretrained/create-model.ts";
import { loadAdapted } from "../models/pretrained/load-start.ts";
import { isModel } from "../models/registry.ts";
import { printable } from "../text/printable.ts";
import { namedTensors } from "../train/load-training-state.ts";
import { loadState } from "../weights/load-state.ts";

/** A model that a file of weights names, with these weights. */
export interface LoadedModel {
  readonly model: Model;
  readonly description: WeightsDescription;
}

/**
 * Makes the model that a file of weights names, and puts the weights into it.
 *
 * @param imgSize - Side of the input in pixels; absent: that of the file.
 * @throws Error if the file does not describe its model, no model of that name is registered, or the weights are others.
 */
export function modelOfWeights(
  { tensors: weights, description, path }: Pick<ReadWeights, "tensors" | "description" | "path">,
  imgSize?: number,
): LoadedModel {
  if (description === null) {
    throw new Error(
      "loadClassifier: the file must be one that tsimm train or timm's train.py wrote, which names its model; make a model.onnx of " +
        "other weights: tsimm export --checkpoint FILE --model NAME --output model.onnx",
    );
  }
  const { arch, numClasses, inChans, options, onnx } = description.model;
  if (onnx !== undefined) {
    const model = modelOfOriginal(path, description);
    loadState(model, weights);
    return { model, description };
  }
  if (!isModel(arch)) {
    throw new Error(
      printable(
        `loadClassifier: model of the weights must be one of listModels(), got "${arch}"; ` +
          "take the run's model.onnx, which holds the whole model, or make the name known with registerModelFamily",
      ),
    );
  }
  const side = imgSize ?? description.dataConfig.inputSize[1];
  const model = createModel(arch, { numClasses, inChans, imgSize: side, ...options });
  loadAdapted(model, weights, { head: false });
  return { model, description };
}

/** The model of an ONNX file, which lies beside the weights. */
function modelOfOriginal(path: string, { model: entry, dataConfig }: WeightsDescription): Model {
  const { arch: name, numClasses, onnx } = entry;
  const { sha256 = "", logits = null, newHead = false } = onnx ?? {};
  const [, height, width] = dataConfig.inputSize;
  return createOnnxModel(readOriginal(path, sha256), {
    ...{ name, sha256, logits, numClasses: newHead ? numClasses : null, size: [height, width] },
  });
}

/**
 * Puts weights into the model that their file names.
 *
 * @throws Error if the file does not describe its model, no model of that name is registered, or the weights are others.
 */
export function classifierOfWeights(weights: ReadWeights): ClassifierFile {
  const { model, description } = modelOfWeights(weights);
  const { average } = weights;
  const { task, dataConfig } = description;
  const { outputNames: classNames, name, settings } = task;
  return decodeClassifier(
    encodeClassifier({
      ...{
        model,
        weights: namedTensors(model.state),
        classNames,
        dataConfig,
        average,
        task: { name, settings },
      },
    }),
  );
}
