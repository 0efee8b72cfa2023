/** The software GPU of the other tests: it computes, and what it cannot run is refused instead of running on the CPU. */
import { encodeModel, float32, type Graph, GraphBuilder } from "@tsimm/autodiff";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSoftwareGpu, type SoftwareGpu } from "./software-gpu.fixture.ts";

let gpu: SoftwareGpu;
beforeAll(async () => {
  gpu = await openSoftwareGpu();
});
afterAll(() => gpu.close());

function ofOneNode(op: string): Graph {
  const builder = new GraphBuilder("one");
  builder.output(builder.op(op, [builder.input("x", "float32", [3])]), "y");
  return builder.build();
}

test("a graph runs on the WebGPU provider", async () => {
  const { y } = await gpu.run(encodeModel(ofOneNode("Neg")), { x: float32([3], [1, -2, 3]) });
  expect(y).toEqual(float32([3], [-1, 2, -3]));
});

test("a node without a WebGPU kernel does not fall back to the CPU", async () => {
  const refused = gpu.run(encodeModel(ofOneNode("Sign")), { x: float32([3], [1, -2, 3]) });
  await expect(refused).rejects.toThrow("fallback to CPU EP has been explicitly disabled");
});
