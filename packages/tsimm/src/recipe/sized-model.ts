/** Models whose tensors depend on the size of the images. */
import { parseModelName } from "../models/pretrained/model-name.ts";
import { isModel, modelInfo } from "../models/registry.ts";
import { isOnnxPath } from "./onnx-path.ts";

/**
 * Whether a model is made for one size of images, as vision transformers are: timm takes that size as an option of the
 * model beside that of the images.
 *
 * @param name - As `--model` takes it; false for what is no registered model, perhaps with a tag.
 */
export function isSizedModel(name: string): boolean {
  if (name.includes(":") || isOnnxPath(name) || !isModel(name.split(".", 1).join())) return false;
  const parsed = parseModelName("train", name);
  if (parsed.source !== "registry") return false;
  const other = 2 * modelInfo(parsed.arch).pretrainedCfg.inputSize[1];
  return modelInfo(parsed.arch, { imgSize: other }).pretrainedCfg.inputSize[1] === other;
}
