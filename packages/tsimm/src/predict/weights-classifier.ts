/** A classifier from a file of weights, which names its model. */
import type { ReadWeights } from "../checkpoint/read-weights.ts";
import { type ClassifierFile, decodeClassifier, encodeClassifier } from "../models/onnx-file.ts";
import { createModel, isModel } from "../models/registry.ts";
import { printable } from "../text/printable.ts";
import { loadState } from "../weights/load-state.ts";

/**
 * Puts weights into the model that their file names.
 *
 * @throws Error if the file does not describe its model, no model of that name is registered, or the weights are others.
 */
export function classifierOfWeights({ tensors: weights, description, average }: ReadWeights): ClassifierFile {
  if (description === null) {
    throw new Error(
      "loadClassifier: the file must be one that tsimm train wrote, but its tsimm entry is missing",
    );
  }
  const { model: entry, task, dataConfig } = description;
  const { arch, numClasses, inChans, options } = entry;
  if (!isModel(arch)) {
    throw new Error(
      printable(
        `loadClassifier: model of the weights must be one of listModels(), got "${arch}"; ` +
          "take the run's model.onnx, which holds the whole model, or make the name known with registerModelFamily",
      ),
    );
  }
  const model = createModel(arch, { numClasses, inChans, imgSize: dataConfig.inputSize[1], ...options });
  loadState(model, weights);
  const { outputNames: classNames, name, settings } = task;
  return decodeClassifier(
    encodeClassifier({ model, weights, classNames, dataConfig, average, task: { name, settings } }),
  );
}
