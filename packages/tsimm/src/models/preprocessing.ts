/** Preprocessing that many models share. */
import type { PretrainedConfig } from "./model.ts";

/**
 * 224 pixels, bicubic, mean and standard deviation of ImageNet.
 *
 * @example
 * import { imageNet } from "tsimm/layers";
 *
 * // What a grey image of 28×28 pixels needs.
 * const pretrainedCfg = { ...imageNet, inputSize: [1, 28, 28], mean: [0.5], std: [0.5] };
 * pretrainedCfg.interpolation; // => "bicubic"
 */
export const imageNet: PretrainedConfig = {
  inputSize: [3, 224, 224],
  interpolation: "bicubic",
  cropPct: 0.875,
  cropMode: "center",
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/**
 * Pixels in [-1, 1].
 *
 * @example
 * import { imageNet, inception } from "tsimm/layers";
 *
 * const pretrainedCfg = { ...imageNet, ...inception };
 * pretrainedCfg.mean; // => [0.5, 0.5, 0.5]
 * pretrainedCfg.inputSize; // => [3, 224, 224]
 */
export const inception: Pick<PretrainedConfig, "mean" | "std"> = {
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};
