/** Makes pretrained weights fit a model that differs from theirs in classes, channels or image size, as timm does. */
import { cleanNames } from "../../weights/clean-names.ts";
import type { SafeTensor, SafeTensors } from "../../weights/safetensors.ts";
import { toFloat32 } from "../../weights/to-float32.ts";
import type { Buffer, Model, Parameter } from "../model.ts";
import { adaptInputConv } from "./adapt-input-conv.ts";
import { withTimmNames } from "./conversions/conversions.ts";
import { resampleBiasTable } from "./resample-bias-table.ts";
import { resampleGrid } from "./resample-grid.ts";
import { resamplePatches } from "./resample-patches.ts";

/** Weights for a model, and what was done to them. */
export interface AdaptedWeights {
  readonly tensors: SafeTensors;
  /** Sentences, e.g. `fc of 1000 classes replaced by a new one of 3`. */
  readonly notes: readonly string[];
}

/** Options of {@link adaptWeights}. */
export interface AdaptOptions {
  /** Whether channels and image size are adapted; absent: true. */
  readonly shapes?: boolean;
  /** Whether a classifier of other classes is left as the model has it; absent: true. */
  readonly head?: boolean;
}

/** The part of a model that weights are adapted to. */
export type AdaptTarget = Pick<Model, "name" | "state" | "classifier" | "numClasses">;

/**
 * Adapts weights: names and precision to the model's, counters that are missing, the first convolution to its
 * channels, positions to its image size. A classifier of other classes is left as the model has it.
 *
 * @param tensors - State dict of a file.
 * @returns Tensors to be loaded; what fits in none of these ways is left as it is, for the loader to name.
 */
export function adaptWeights(
  model: AdaptTarget,
  tensors: SafeTensors,
  { shapes = true, head = true }: AdaptOptions = {},
): AdaptedWeights {
  const own = new Map(model.state.map((tensor) => [tensor.name, tensor]));
  const named = withTimmNames(cleanNames(tensors, new Set(own.keys())), model);
  const result = new Map<string, SafeTensor>();
  const notes: string[] = [];
  for (const [name, tensor] of named) {
    const target = own.get(name);
    const fitted = target === undefined ? null : fit(tensor, target, model, shapes);
    result.set(name, fitted?.tensor ?? tensor);
    if (fitted?.note) notes.push(fitted.note);
  }
  // A file of something else is not adapted: the loader names all that does not fit.
  const isOfModel = [...named.keys()].some((name) => own.has(name) && !isHead(model, name));
  for (const { name, data } of model.state) {
    if (
      isOfModel &&
      !result.has(name) &&
      name.endsWith(".num_batches_tracked") &&
      data instanceof BigInt64Array
    ) {
      result.set(name, { dtype: "I64", shape: [], data: new BigInt64Array(1) });
    }
  }
  if (shapes) moveFinalNorm(model, result, notes);
  if (head && isOfModel) adaptHead(model, result, notes);
  return { tensors: result, notes: collected(notes) };
}

interface Fitted {
  readonly tensor: SafeTensor;
  readonly note?: string;
}

/** One tensor in the model's type and, where that is known how, shape. */
function fit(tensor: SafeTensor, target: Parameter | Buffer, model: AdaptTarget, shapes: boolean): Fitted {
  if (target.data instanceof BigInt64Array) return { tensor: asCounter(tensor) };
  const data = toFloat32(tensor);
  if (data === null) return { tensor };
  const { shape } = tensor;
  const float: SafeTensor = { dtype: "F32", shape, data };
  if (!shapes || shape.join() === target.shape.join()) return { tensor: float };
  return (
    positions(float, target, model) ??
    biasTable(float, target) ??
    inputConv(patches(float, target)?.tensor ?? float, target) ??
    patches(float, target) ?? { tensor: float }
  );
}

/** A count as an int64 scalar. */
function asCounter(tensor: SafeTensor): SafeTensor {
  const [value] = tensor.data;
  if (tensor.data.length !== 1 || value === undefined || !Number.isSafeInteger(Number(value))) return tensor;
  return { dtype: "I64", shape: [], data: BigInt64Array.of(BigInt(value)) };
}

function inputConv(
  { shape, data }: SafeTensor,
  { name, shape: own }: { name: string; shape: readonly number[] },
): Fitted | null {
  const [out = 0, channels = 0, ...kernel] = own;
  const fits =
    shape.length === 4 && shape.join() === [out, 3, ...kernel].join() && data instanceof Float32Array;
  if (!fits || channels === 3) return null;
  const how = channels === 1 ? "summed over RGB" : `repeated for ${channels} channels`;
  return {
    tensor: { dtype: "F32", shape: own, data: adaptInputConv(data, out, channels) },
    note: `${moduleOf(name)} ${how}`,
  };
}

/** A patch embedding of another patch size. */
function patches(
  { shape, data }: SafeTensor,
  { name, shape: own }: { name: string; shape: readonly number[] },
): Fitted | null {
  const [out = 0, channels = 0, side = 0, width = 0] = shape;
  const [ownOut, , newSide = 0, newWidth = 0] = own;
  const isPatches = name.endsWith("patch_embed.proj.weight") && shape.length === 4 && out === ownOut;
  if (!isPatches || side !== width || newSide !== newWidth || side === newSide) return null;
  if (!(data instanceof Float32Array) || newSide === 0) return null;
  return {
    tensor: {
      dtype: "F32",
      shape: [out, channels, newSide, newSide],
      data: resamplePatches(data, out * channels, { side, newSide }),
    },
    note: `${moduleOf(name)} resampled from patches of ${side} pixels to ${newSide}`,
  };
}

/** Position embeddings [1, tokens, D], those of the class token and its kind first. */
function positions(
  { shape, data }: SafeTensor,
  { name, shape: own }: { name: string; shape: readonly number[] },
  { state }: AdaptTarget,
): Fitted | null {
  const [one, tokens = 0, depth = 0] = shape;
  const [, ownTokens = 0, ownDepth] = own;
  if (name !== "pos_embed" || one !== 1 || depth !== ownDepth || !(data instanceof Float32Array)) return null;
  const special = state.filter((tensor) => ["cls_token", "dist_token"].includes(tensor.name)).length;
  const prefix = [special, 0].find((count) => Number.isInteger(Math.sqrt(ownTokens - count)));
  if (prefix === undefined) return null;
  const [side, newSide] = [Math.sqrt(tokens - prefix), Math.sqrt(ownTokens - prefix)];
  if (!Number.isInteger(side) || side === 0) return null;
  const grid = { height: side, width: side, depth };
  const resampled = resampleGrid(data.subarray(prefix * depth), grid, [newSide, newSide]);
  const all = new Float32Array(ownTokens * depth);
  all.set(data.subarray(0, prefix * depth));
  all.set(resampled, prefix * depth);
  return {
    tensor: { dtype: "F32", shape: own, data: all },
    note: `${name} resampled from ${side}x${side} to ${newSide}x${newSide}`,
  };
}

/** Relative position biases [(2w - 1)², heads]. */
function biasTable(
  { shape, data }: SafeTensor,
  { name, shape: own }: { name: string; shape: readonly number[] },
): Fitted | null {
  const [rows = 0, heads = 0] = shape;
  const [ownRows = 0, ownHeads] = own;
  const [side, newSide] = [Math.sqrt(rows), Math.sqrt(ownRows)];
  const isTable = name.endsWith(".relative_position_bias_table") && shape.length === 2 && heads === ownHeads;
  if (!isTable || !Number.isInteger(side) || !Number.isInteger(newSide) || !(data instanceof Float32Array)) {
    return null;
  }
  const windows = `windows of ${(side + 1) / 2} to ${(newSide + 1) / 2}`;
  return {
    tensor: { dtype: "F32", shape: own, data: resampleBiasTable(data, heads, { side, newSide }) },
    note: `relative position biases resampled from ${windows}`,
  };
}

/** Weights of the other way of pooling have their last normalization before the pool; the new one starts anew. */
function moveFinalNorm({ state }: AdaptTarget, tensors: Map<string, SafeTensor>, notes: string[]): void {
  const wanted = state.filter(({ name }) => name.startsWith("fc_norm.") || name.startsWith("norm."));
  const module = wanted[0]?.name.split(".")[0];
  const other = module === "norm" ? "fc_norm" : "norm";
  const given = [...tensors.keys()].filter((name) => name.startsWith(`${other}.`));
  if (module === undefined || given.length === 0 || wanted.some(({ name }) => tensors.has(name))) return;
  if (wanted.some(({ name }) => name.startsWith(`${other}.`))) return;
  for (const name of given) tensors.delete(name);
  for (const tensor of wanted) keepOwn(tensor, tensors);
  notes.push(`${other} left out, ${module} starts anew: the pool differs`);
}

/** Leaves a classifier of other classes as the model has it. */
function adaptHead(model: AdaptTarget, tensors: Map<string, SafeTensor>, notes: string[]): void {
  const { classifier, numClasses } = model;
  const own = model.state.filter(({ name }) => isHead(model, name));
  const given = [...tensors.keys()].filter((name) => isHead(model, name));
  const classes = tensors.get(`${classifier}.weight`)?.shape[0] ?? null;
  if (numClasses === 0) {
    for (const name of given) tensors.delete(name);
    if (given.length > 0) notes.push(`${classifier} of ${classes} classes left out`);
    return;
  }
  if (classes === numClasses) return;
  for (const name of given) tensors.delete(name);
  for (const tensor of own) keepOwn(tensor, tensors);
  notes.push(
    classes === null
      ? `${classifier} of ${numClasses} classes starts anew: the weights have none`
      : `${classifier} of ${classes} classes replaced by a new one of ${numClasses}`,
  );
}

function isHead({ classifier }: AdaptTarget, name: string): boolean {
  return name.startsWith(`${classifier}.`) || name.startsWith("head_dist.");
}

function keepOwn({ name, shape, data }: Parameter | Buffer, tensors: Map<string, SafeTensor>): void {
  tensors.set(name, { dtype: data instanceof Float32Array ? "F32" : "I64", shape, data });
}

function moduleOf(name: string): string {
  return name.replace(/\.[^.]*$/, "");
}

/** Each sentence once. */
function collected(notes: readonly string[]): string[] {
  return [...new Set(notes)];
}
