import fc from "fast-check";
import { expect, test } from "vitest";
import { inExecutionOrder } from "./execution-order.ts";
import type { Node } from "./graph.ts";

/** Node i computes value i. */
function node(index: number, inputs: readonly number[]): Node {
  const name = String(index);
  return { name, op: "Sum", domain: "", inputs: inputs.map(String), outputs: [name], attributes: {} };
}

test("leaves nodes that are in order as they are", () => {
  const nodes = [node(0, []), node(1, [0]), node(2, []), node(3, [1, 2])];
  expect(inExecutionOrder(nodes)).toEqual(nodes);
});

test("puts every node after those that it reads", () => {
  const graph = fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 30 }).chain((lists) =>
    fc.shuffledSubarray(
      lists.map((inputs, index) =>
        node(
          index,
          inputs.filter((input) => input < index),
        ),
      ),
      { minLength: lists.length },
    ),
  );
  fc.assert(
    fc.property(graph, (nodes) => {
      const ordered = inExecutionOrder(nodes);
      expect(new Set(ordered)).toEqual(new Set(nodes));
      const seen = new Set<string>();
      for (const { inputs, outputs } of ordered) {
        expect(inputs.filter((input) => !seen.has(input))).toEqual([]);
        for (const output of outputs) seen.add(output);
      }
    }),
  );
});

test("leaves nodes on a cycle as they are", () => {
  const nodes = [node(0, [1]), node(1, [2]), node(2, [0]), node(3, [])];
  expect(inExecutionOrder(nodes)).toEqual(nodes);
});

test("orders a node of many inputs that come later, and a long chain from its end", () => {
  const count = 20_000;
  const sources = Array.from({ length: count }, (_, index) => node(index, []));
  const sum = node(count, [...sources.keys()]);
  expect(inExecutionOrder([sum, ...sources]).at(-1)).toBe(sum);
  const chain = Array.from({ length: count }, (_, index) => node(index, index === 0 ? [] : [index - 1]));
  const names = inExecutionOrder(chain.toReversed()).map(({ name }) => name);
  expect(names.join()).toBe(chain.map(({ name }) => name).join());
});
