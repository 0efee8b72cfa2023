/** A trained model as a file. */
import { encodeSafetensors, exportOnnx, type Model, type SafeTensor } from "tsimm/browser";
import type { ModelFormat } from "./messages.ts";
import type { TrainingImages } from "./training-images.ts";

/**
 * Encodes the present weights, with the names of the classes and the preprocessing.
 *
 * @param model - Its weights are here, not on a device.
 * @param format - `onnx`: for any runtime; `safetensors`: timm's tensor names.
 */
export function encodeModelFile(
  model: Model,
  format: ModelFormat,
  of: Pick<TrainingImages, "classNames" | "channels" | "side"> & {
    readonly mean: readonly number[];
    readonly std: readonly number[];
  },
): Uint8Array {
  const { classNames, channels, side, mean, std } = of;
  const dataConfig = {
    ...{ inputSize: [channels, side, side] as const, mean, std },
    ...{ interpolation: "bilinear" as const, cropPct: 1, cropMode: "center" as const },
  };
  if (format === "onnx") return exportOnnx(model, { classNames, dataConfig });
  const tensors = model.state.map(({ name, shape, data }): [string, SafeTensor] => {
    return [name, { dtype: data instanceof Float32Array ? "F32" : "I64", shape, data }];
  });
  // As a file of weights that `tsimm train` writes.
  const entry = {
    arch: model.name,
    numClasses: model.numClasses,
    inChans: model.inChans,
    classNames,
    dataConfig,
  };
  return encodeSafetensors(new Map(tensors), { format: "pt", tsimm: JSON.stringify(entry) });
}
