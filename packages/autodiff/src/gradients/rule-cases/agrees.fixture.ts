/** The check of a gradient rule, also of one that a test registers. */
import type fc from "fast-check";
import { expect } from "vitest";
import { differentiated } from "../../differentiated.fixture.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { elementCount } from "../../graph/tensor.ts";
import { lower } from "../../lower/lower.ts";
import { compile } from "../../run-graph.fixture.ts";
import type { Case, Rule } from "./case.fixture.ts";

/**
 * Checks a rule by numeric differentiation, as it stands and lowered for ONNX Runtime's CPU provider: for a random direction v of one input, (L(x + h v) - L(x - h v)) / 2h must
 * be the sum of dx v, L = sum of gy y.
 *
 * Operators that are linear in each input are differenced with h = 1, where the quotient has no error of its own.
 *
 * @param rule - Step h and tolerance.
 * @param stream - Of the values of inputs, directions and gy.
 */
export async function agrees(
  rule: Rule,
  { shapes, apply, opset = 21 }: Case,
  stream: fc.Stream<number>,
): Promise<void> {
  const names = shapes.map((_, index) => `x${index}`);
  const builder = new GraphBuilder("case", { opset });
  const inputs = shapes.map((dims, index) => builder.input(`x${index}`, "float32", dims));
  const y = apply(builder, inputs);
  const upstream = builder.input("gy", "float32", y.shape);
  const step = differentiated(builder, y, upstream, names);
  const run = await compile(step.graph);
  const draw = (count: number) =>
    Float32Array.from({ length: count }, () => Number(stream.next().value) / 0x8000 - 1);
  const feeds: Record<string, Float32Array> = { gy: draw(elementCount(y.shape)) };
  for (const [index, dims] of shapes.entries()) {
    feeds[`x${index}`] = rule.separated ? separated(draw(elementCount(dims))) : draw(elementCount(dims));
  }
  const gradients = [await run(feeds)];
  const lowered = lower(step, "ort-cpu").graph;
  const isOther = JSON.stringify(lowered.nodes) !== JSON.stringify(step.graph.nodes);
  if (isOther) gradients.push(await (await compile(lowered))(feeds));
  for (const name of names) {
    const at = feeds[name] ?? new Float32Array();
    const direction = draw(at.length);
    const moved = async (distance: number) => {
      const results = await run({
        ...feeds,
        [name]: at.map((x, index) => x + distance * (direction[index] ?? 0)),
      });
      return dot(results.y ?? [], feeds.gy ?? []);
    };
    const numeric = ((await moved(rule.step)) - (await moved(-rule.step))) / (2 * rule.step);
    for (const { [`d_${name}`]: gradient = [] } of gradients) {
      const scale = 1 + dot(gradient.map(Math.abs), direction.map(Math.abs));
      expect(Math.abs(dot(gradient, direction) - numeric)).toBeLessThan(rule.tolerance * scale);
    }
  }
}

/** Spreads values over odd multiples of 1/8 in the order of their size: 1/4 apart, kinks at multiples of 1/4 between. */
function separated(values: Float32Array): Float32Array {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = new Float32Array(values.length);
  for (const [rank, index] of order.entries()) result[index] = (2 * (rank - (order.length >> 1)) + 1) / 8;
  return result;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
