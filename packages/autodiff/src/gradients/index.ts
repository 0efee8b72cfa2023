/** The registry of gradient rules, by operator of `ai.onnx`. */
import { add } from "./add.ts";
import { averagePool } from "./average-pool.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { concat } from "./concat.ts";
import { conv } from "./conv.ts";
import { div } from "./div.ts";
import { erf } from "./erf.ts";
import { gelu } from "./gelu.ts";
import { gemm } from "./gemm.ts";
import { globalAveragePool } from "./global-average-pool.ts";
import type { GradientRule } from "./gradient-rule.ts";
import { hardSigmoid } from "./hard-sigmoid.ts";
import { hardSwish } from "./hard-swish.ts";
import { identity } from "./identity.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { matMul } from "./mat-mul.ts";
import { maxPool } from "./max-pool.ts";
import { mul } from "./mul.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { sigmoid } from "./sigmoid.ts";
import { sub } from "./sub.ts";
import { transpose } from "./transpose.ts";

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
