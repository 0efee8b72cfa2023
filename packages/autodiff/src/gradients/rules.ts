/** Every gradient rule of the package. Written by `npx vitest run packages/autodiff/src/gradients/rules.test.ts -u`. */
import type { Rule } from "./define-rule.ts";
import { abs } from "./elementwise/abs.ts";
import { add } from "./elementwise/add.ts";
import { cast } from "./elementwise/cast.ts";
import { clip } from "./elementwise/clip.ts";
import { cos } from "./elementwise/cos.ts";
import { div } from "./elementwise/div.ts";
import { dropout } from "./elementwise/dropout.ts";
import { celu, elu, selu } from "./elementwise/elu.ts";
import { erf } from "./elementwise/erf.ts";
import { exp } from "./elementwise/exp.ts";
import { extremum } from "./elementwise/extremum.ts";
import { gelu } from "./elementwise/gelu.ts";
import { hardSigmoid } from "./elementwise/hard-sigmoid.ts";
import { hardSwish } from "./elementwise/hard-swish.ts";
import { identity } from "./elementwise/identity.ts";
import { leakyRelu } from "./elementwise/leaky-relu.ts";
import { log } from "./elementwise/log.ts";
import { mean } from "./elementwise/mean.ts";
import { mish } from "./elementwise/mish.ts";
import { mul } from "./elementwise/mul.ts";
import { neg } from "./elementwise/neg.ts";
import { pow } from "./elementwise/pow.ts";
import { prelu } from "./elementwise/prelu.ts";
import { reciprocal } from "./elementwise/reciprocal.ts";
import { relu } from "./elementwise/relu.ts";
import { sigmoid } from "./elementwise/sigmoid.ts";
import { sin } from "./elementwise/sin.ts";
import { softplus } from "./elementwise/softplus.ts";
import { softsign } from "./elementwise/softsign.ts";
import { sqrt } from "./elementwise/sqrt.ts";
import { sub } from "./elementwise/sub.ts";
import { sum } from "./elementwise/sum.ts";
import { tanh } from "./elementwise/tanh.ts";
import { where } from "./elementwise/where.ts";
import { withoutGradient } from "./elementwise/without-gradient.ts";
import { concat } from "./layout/concat.ts";
import { depthToSpace, spaceToDepth } from "./layout/depth-to-space.ts";
import { expand } from "./layout/expand.ts";
import { gather, gatherElements } from "./layout/gather.ts";
import { pad } from "./layout/pad.ts";
import { positions } from "./layout/positions.ts";
import { reshape } from "./layout/reshape.ts";
import { resize } from "./layout/resize.ts";
import { gatherNd, scatterElements, scatterNd } from "./layout/scatter.ts";
import { slice } from "./layout/slice.ts";
import { split } from "./layout/split.ts";
import { tile } from "./layout/tile.ts";
import { topK } from "./layout/top-k.ts";
import { transpose } from "./layout/transpose.ts";
import { trilu } from "./layout/trilu.ts";
import { batchNormalization } from "./normalization/batch-normalization.ts";
import { groupNormalization, instanceNormalization } from "./normalization/group-normalization.ts";
import { layerNormalization } from "./normalization/layer-normalization.ts";
import { lpNormalization } from "./normalization/lp-normalization.ts";
import { lrn } from "./normalization/lrn.ts";
import { einsum } from "./product/einsum.ts";
import { gemm } from "./product/gemm.ts";
import { matMul } from "./product/mat-mul.ts";
import { cumSum } from "./reduction/cum-sum.ts";
import { reduceExtremum } from "./reduction/reduce-extremum.ts";
import { reduceLogSum, reduceLogSumExp } from "./reduction/reduce-log-sum.ts";
import { reduceL1, reduceL2, reduceSumSquare } from "./reduction/reduce-norm.ts";
import { reduceProd } from "./reduction/reduce-prod.ts";
import { reduceMean, reduceSum } from "./reduction/reduce-sum.ts";
import { logSoftmax, softmax } from "./reduction/softmax.ts";
import { averagePool } from "./window/average-pool.ts";
import { conv } from "./window/conv.ts";
import { convTranspose } from "./window/conv-transpose.ts";
import { globalAveragePool } from "./window/global-average-pool.ts";
import { globalMaxPool } from "./window/global-max-pool.ts";
import { maxPool } from "./window/max-pool.ts";

/** In the order of the files that define them. */
export const rules: readonly Rule[] = [
  abs,
  add,
  cast,
  clip,
  cos,
  div,
  dropout,
  celu,
  elu,
  selu,
  erf,
  exp,
  extremum,
  gelu,
  hardSigmoid,
  hardSwish,
  identity,
  leakyRelu,
  log,
  mean,
  mish,
  mul,
  neg,
  pow,
  prelu,
  reciprocal,
  relu,
  sigmoid,
  sin,
  softplus,
  softsign,
  sqrt,
  sub,
  sum,
  tanh,
  where,
  withoutGradient,
  concat,
  depthToSpace,
  spaceToDepth,
  expand,
  gather,
  gatherElements,
  pad,
  positions,
  reshape,
  resize,
  gatherNd,
  scatterElements,
  scatterNd,
  slice,
  split,
  tile,
  topK,
  transpose,
  trilu,
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  lpNormalization,
  lrn,
  einsum,
  gemm,
  matMul,
  cumSum,
  reduceExtremum,
  reduceLogSum,
  reduceLogSumExp,
  reduceL1,
  reduceL2,
  reduceSumSquare,
  reduceProd,
  reduceMean,
  reduceSum,
  logSoftmax,
  softmax,
  averagePool,
  conv,
  convTranspose,
  globalAveragePool,
  globalMaxPool,
  maxPool,
];
