/** Spellings of single nodes that the WebGPU provider runs, or runs faster. */
import { readInt } from "../../graph/attributes.ts";
import { normalizeAndRectify, normalizeBatch } from "./batch-normalization.ts";
import { paddedProduct } from "./conv.ts";
import { celu, chain, dropout, mean, or, pow, selu, sign, softsign } from "./elementwise.ts";
import { castBeforeTranspose, spaceToDepth } from "./layout.ts";
import { pool } from "./max-pool.ts";
import { groupNormalization, logSoftmax, lrn } from "./normalization.ts";
import { gemm, productOfTransposed, unfusedProduct } from "./products.ts";
import { type Recipe, recipeOf, type Spelling } from "./recipe.ts";
import { sumOfRows } from "./sums.ts";

const batchNormalization: Recipe = (rewriting, node) => {
  if (readInt(node.attributes, "training_mode", 0) !== 1) return false;
  for (const [index, value] of normalizeBatch(rewriting, node).entries()) {
    rewriting.define(node.outputs[index] ?? "", value);
  }
  return true;
};

/** Relu of a batch normalization that nothing else reads. */
const rectifiedBatch: Spelling = (rewriting, { inputs: [name = ""] }) => {
  const maker = rewriting.makerOf(name);
  if (maker?.op !== "BatchNormalization" || rewriting.readersOf(name) !== 1) return undefined;
  return normalizeAndRectify(rewriting, maker);
};

/** By operator. */
export const recipes: ReadonlyMap<string, Recipe> = new Map([
  ["BatchNormalization", batchNormalization],
  ["Cast", recipeOf(castBeforeTranspose)],
  ["Celu", recipeOf(celu)],
  ["Conv", recipeOf(paddedProduct)],
  ["Dropout", recipeOf(dropout)],
  ["FusedMatMul", recipeOf(unfusedProduct)],
  ["Gemm", recipeOf(gemm)],
  ["GroupNormalization", recipeOf(groupNormalization)],
  ["LRN", recipeOf(lrn)],
  ["LogSoftmax", recipeOf(logSoftmax)],
  ["MatMul", recipeOf(productOfTransposed)],
  ["MaxPool", pool],
  ["Mean", recipeOf(mean)],
  ["Or", recipeOf(or)],
  ["Pow", recipeOf(pow)],
  ["ReduceSum", recipeOf(sumOfRows)],
  ["Relu", recipeOf(rectifiedBatch)],
  ["Selu", recipeOf(selu)],
  ["Sign", recipeOf(sign)],
  ["Softsign", recipeOf(softsign)],
  ["SpaceToDepth", recipeOf(spaceToDepth)],
  ["Sum", recipeOf(chain("Add"))],
]);
