/** The registry of gradient rules, by operator of `ai.onnx`. */
import { add } from "./elementwise/add.ts";
import { div } from "./elementwise/div.ts";
import { erf } from "./elementwise/erf.ts";
import { gelu } from "./elementwise/gelu.ts";
import { hardSigmoid } from "./elementwise/hard-sigmoid.ts";
import { hardSwish } from "./elementwise/hard-swish.ts";
import { identity } from "./elementwise/identity.ts";
import { mul } from "./elementwise/mul.ts";
import { relu } from "./elementwise/relu.ts";
import { sigmoid } from "./elementwise/sigmoid.ts";
import { sub } from "./elementwise/sub.ts";
import type { GradientRule } from "./gradient-rule.ts";
import { concat } from "./layout/concat.ts";
import { reshape } from "./layout/reshape.ts";
import { transpose } from "./layout/transpose.ts";
import { batchNormalization } from "./normalization/batch-normalization.ts";
import { layerNormalization } from "./normalization/layer-normalization.ts";
import { gemm } from "./product/gemm.ts";
import { matMul } from "./product/mat-mul.ts";
import { averagePool } from "./window/average-pool.ts";
import { conv } from "./window/conv.ts";
import { globalAveragePool } from "./window/global-average-pool.ts";
import { maxPool } from "./window/max-pool.ts";

/** Operator -> rule. */
export const gradientRules: ReadonlyMap<string, GradientRule> = new Map([
  ["Add", add],
  ["AveragePool", averagePool],
  ["BatchNormalization", batchNormalization],
  ["Concat", concat],
  ["Conv", conv],
  ["Div", div],
  ["Erf", erf],
  ["Flatten", reshape],
  ["Gelu", gelu],
  ["Gemm", gemm],
  ["GlobalAveragePool", globalAveragePool],
  ["HardSigmoid", hardSigmoid],
  ["HardSwish", hardSwish],
  ["Identity", identity],
  ["LayerNormalization", layerNormalization],
  ["MatMul", matMul],
  ["MaxPool", maxPool],
  ["Mul", mul],
  ["Relu", relu],
  ["Reshape", reshape],
  ["Sigmoid", sigmoid],
  ["Sub", sub],
  ["Transpose", transpose],
]);
