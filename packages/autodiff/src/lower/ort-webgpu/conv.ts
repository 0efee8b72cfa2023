/** Gradients of a convolution on the WebGPU provider. */

import type { Derivation } from "../../gradients/derivation.ts";
import { readInt } from "../../graph/attributes.ts";
import type { Node, Value } from "../../graph/graph.ts";
import { window2d } from "../../graph/shapes/window.ts";
import { elementCount } from "../../graph/tensor.ts";
import { timesChannels } from "./batch-normalization.ts";
import { filterGradient } from "./conv-filters.ts";
import { inputGradient } from "./conv-input.ts";
import { convolve, hasPadsBehindAlone } from "./convolution.ts";
import type { Spelling } from "./recipe.ts";
import type { Rewriting } from "./rewriting.ts";
import { channelSums } from "./sums.ts";

/** A forward convolution of one tap with zeros behind its input alone, which go behind its output, before the bias. */
export const paddedProduct: Spelling = (rewriting, node) => {
  const [x, w, bias] = rewriting.inputsOf(node);
  if (!x || !w || readInt(node.attributes, "group", 1) !== 1) return undefined;
  const window = window2d(node.attributes, w.shape.slice(2));
  const isPointwise = [...window.kernel, ...window.strides].every((size) => size === 1);
  if (!isPointwise || !hasPadsBehindAlone(window)) return undefined;
  const { math } = rewriting;
  const product = convolve(rewriting, { x, w, window }, 0);
  return bias ? math.add(product, math.reshape(bias, [elementCount(bias.shape), 1, 1])) : product;
};

/**
 * Gradients of a convolution by its inputs.
 *
 * A factor per filter that dy still lacks goes to the filters and to their gradient.
 *
 * @param maxBytes - Size of the largest tensor that is made up on the way.
 */
export function convGradients(
  rewriting: Rewriting,
  node: Node,
  { ofOutputs: [gradient = ""], ofInputs }: Derivation,
  maxBytes: number,
): void {
  const [byX = "", byW = "", byBias = ""] = ofInputs;
  const [xName = "", wName = ""] = node.inputs;
  const { math } = rewriting;
  const groups = readInt(node.attributes, "group", 1);
  const perFilter = (value: Value, factor: Value | null): Value => {
    if (!factor) return value;
    const [filters = 0] = value.shape;
    return math.mul(value, math.reshape(factor, [filters, ...value.shape.slice(1).map(() => 1)]));
  };
  rewriting.define(byX, () => {
    const { value: dy, factor } = rewriting.scaledValue(gradient);
    const w = rewriting.value(wName);
    const [, , height = 0, width = 0] = rewriting.value(xName).shape;
    const window = window2d(node.attributes, w.shape.slice(2));
    return inputGradient(rewriting, {
      dy,
      w: perFilter(w, factor),
      window,
      groups,
      size: [height, width],
      maxBytes,
    });
  });
  rewriting.define(byW, () => {
    const { value: dy, factor } = rewriting.scaledValue(gradient);
    const { shape } = rewriting.value(wName);
    const window = window2d(node.attributes, shape.slice(2));
    const conv = { x: rewriting.value(xName), dy, window, weightShape: shape, groups };
    return perFilter(filterGradient(rewriting, conv, maxBytes), factor);
  });
  rewriting.define(byBias, () => {
    const { value: dy, factor } = rewriting.scaledValue(gradient);
    const sums = channelSums(rewriting, dy);
    return factor ? timesChannels(rewriting, math.reshape(sums, [1, ...sums.shape]), factor) : sums;
  });
}
