/** Shapes of a convolution, by which the way to compute it is chosen. */
import { readInt } from "../../graph/attributes.ts";
import type { Attributes } from "../../graph/graph.ts";
import { type Window2d, window2d } from "../../graph/shapes/window.ts";
import { elementCount } from "../../graph/tensor.ts";

/** A convolution x -> y by filters w. */
export interface ConvShapes {
  /** [B, C, H, W]. */
  readonly x: readonly number[];
  /** [K, C/groups, R, S]. */
  readonly w: readonly number[];
  /** [B, K, Ho, Wo]. */
  readonly y: readonly number[];
  readonly window: Window2d;
  readonly groups: number;
}

/** Reads the shapes of a Conv node. */
export function convShapes(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  attributes: Attributes,
): ConvShapes {
  return { x, w, y, window: window2d(attributes, w.slice(2)), groups: readInt(attributes, "group", 1) };
}

/** Shapes and attributes as text, e.g. `x 16,64,56,56 w 64,64,3,3 pads 1,1,1,1`; defaults are left out. */
export function formatConvShapes({ x, w, window, groups }: ConvShapes): string {
  const { strides, dilations, pads } = window;
  const parts = [`x ${x.join()}`, `w ${w.join()}`];
  if (strides.some((stride) => stride !== 1)) parts.push(`strides ${strides.join()}`);
  if (dilations.some((dilation) => dilation !== 1)) parts.push(`dilations ${dilations.join()}`);
  if (pads.some((pixels) => pixels !== 0)) parts.push(`pads ${pads.join()}`);
  if (groups !== 1) parts.push(`groups ${groups}`);
  return parts.join(" ");
}

/** Taps of a filter in one plane, R S. */
export function tapCount({ window }: ConvShapes): number {
  return elementCount(window.kernel);
}

/** Positions of the output, Ho Wo. */
export function positionCount({ y: [, , rows = 0, columns = 0] }: ConvShapes): number {
  return rows * columns;
}

/** Whether each channel has one filter of its own. */
export function isDepthwise({ w: [filters, channels], groups }: ConvShapes): boolean {
  return filters === groups && channels === 1;
}
