/** Splits a model's parameters into groups: with and without weight decay, and by depth. */
import { pow } from "@tsimm/scheduler";
import { type Frozen, trainedParameters } from "../models/frozen/frozen.ts";
import type { Model, Parameter } from "../models/model.ts";
import { globExpression } from "../text/glob-expression.ts";
import type { FallbackOptions } from "./fallback-options.ts";

/** A parameter group before the optimizer completes it; what it sets beats the optimizer's options. */
export interface ParamGroupInput {
  readonly params: readonly Parameter[];
  readonly lr?: number;
  readonly lrScale?: number;
  readonly weightDecay?: number;
  readonly [option: string]: unknown;
}

/** Options of {@link paramGroupsWeightDecay}. */
export interface WeightDecayGroupOptions extends FallbackOptions {
  /** Weight decay of the tensors that have any, >= 0. */
  readonly weightDecay: number;
  /** false: every tensor decays. */
  readonly filterBiasAndBn?: boolean;
  /** Part of the model that is left out; absent: none. */
  readonly frozen?: Frozen | null | undefined;
}

/**
 * Groups without and with weight decay, in this order, empty ones left out.
 *
 * Biases, tensors with at most one dimension (normalisation) and the model's `noWeightDecay` do not decay. What Muon leaves
 * to AdamW by its name follows in groups of its own, with `useFallback`.
 *
 * @example
 * paramGroupsWeightDecay(createModel("resnet18"), { weightDecay: 0.05 }).map((group) => group.params.length);
 * // => [41, 21]
 * @see timm `timm/optim/_param_groups.py`
 */
export function paramGroupsWeightDecay(
  model: Pick<Model, "parameters" | "noWeightDecay">,
  options: WeightDecayGroupOptions,
): ParamGroupInput[] {
  const { weightDecay, filterBiasAndBn = true, frozen = null } = options;
  const parameters = trainedParameters(model, frozen);
  const fallback = fallbackTest("paramGroupsWeightDecay", model, options);
  const decays = ({ name, shape }: Parameter) =>
    weightDecay !== 0 &&
    !(filterBiasAndBn && (shape.length <= 1 || name.endsWith(".bias"))) &&
    !model.noWeightDecay.includes(name);
  const groups = [false, true].flatMap((isFallback) => {
    const own = parameters.filter((parameter) => fallback(parameter) === isFallback);
    const marked = isFallback ? { useFallback: true } : {};
    return [
      { params: own.filter((parameter) => !decays(parameter)), weightDecay: 0, ...marked },
      { params: own.filter(decays), weightDecay, ...marked },
    ];
  });
  return groups.filter(({ params }) => params.length > 0);
}

/** Whether a parameter is left to AdamW by its name. */
function fallbackTest(
  where: string,
  { parameters, noWeightDecay }: Pick<Model, "parameters" | "noWeightDecay">,
  { fallbackList, fallbackNoWeightDecay }: FallbackOptions,
): (parameter: Parameter) => boolean {
  const expressions = (fallbackList ?? []).map((pattern) => {
    const expression = globExpression(`${where}: fallbackList`, pattern);
    if (parameters.some(({ name }) => expression.test(name))) return expression;
    throw new RangeError(
      `${where}: fallbackList must fit parameters such as ${parameters.at(-1)?.name}, which "${pattern}" does not, ` +
        `got ${JSON.stringify(fallbackList)}; end it in .* for all of a module`,
    );
  });
  return ({ name }) =>
    expressions.some((expression) => expression.test(name)) ||
    (fallbackNoWeightDecay === true && noWeightDecay.includes(name));
}

/** Options of {@link paramGroupsLayerDecay}. */
export interface LayerDecayGroupOptions extends FallbackOptions {
  /** Weight decay of tensors with two or more dimensions, >= 0. */
  readonly weightDecay: number;
  /** Factor on the learning rate from one layer to the layer before it, in (0, 1]. */
  readonly layerDecay: number;
  /** No layer is scaled below this. */
  readonly layerDecayMinScale?: number;
  /** Layers scaled below this are left out: they are frozen. */
  readonly layerDecayNoOptScale?: number;
  /** Part of the model that is left out, and counts in the depth of layers nevertheless; absent: none. */
  readonly frozen?: Frozen | null | undefined;
}

/**
 * Groups by layer, each with the `lrScale` of its depth: layerDecay ^ (last layer - layer).
 *
 * The model's `layerOf` says which layer a tensor belongs to. In a ResNet layer 0 is the stem (`conv1`, `bn1`), then
 * each residual block is one, the last is all else (`fc`). Within a layer, tensors with at most one dimension and the
 * model's `noWeightDecay` form a group without weight decay. Groups stand in the order in which the model's parameters
 * first reach them. Schedulers apply the scale.
 *
 * @see timm `timm/optim/_param_groups.py`
 */
export function paramGroupsLayerDecay(
  model: Pick<Model, "parameters" | "noWeightDecay" | "layerOf">,
  options: LayerDecayGroupOptions,
): ParamGroupInput[] {
  const { weightDecay, layerDecay, layerDecayMinScale = 0, layerDecayNoOptScale = 0, frozen } = options;
  const places = model.parameters.map(({ name }) => model.layerOf(name) ?? [Number.POSITIVE_INFINITY]);
  const layers = [...new Set(places.toSorted(byNumbers).map(String))];
  const fallback = fallbackTest("paramGroupsLayerDecay", model, options);
  const groups = new Map<
    string,
    { params: Parameter[]; lrScale: number; weightDecay: number; useFallback?: boolean }
  >();
  for (const [index, parameter] of model.parameters.entries()) {
    if (frozen?.parameters.has(parameter.name)) continue;
    const layer = layers.indexOf(String(places[index]));
    const lrScale = Math.max(layerDecayMinScale, pow(layerDecay, layers.length - 1 - layer));
    if (lrScale < layerDecayNoOptScale) continue;
    const decays = parameter.shape.length > 1 && !model.noWeightDecay.includes(parameter.name);
    const decay = decays ? weightDecay : 0;
    const marked = fallback(parameter) ? { useFallback: true } : {};
    const key = `${layer} ${decays} ${fallback(parameter)}`;
    const group = groups.get(key) ?? { params: [], lrScale, weightDecay: decay, ...marked };
    group.params.push(parameter);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** By the first number in which they differ. */
function byNumbers(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? Number.NEGATIVE_INFINITY);
}
