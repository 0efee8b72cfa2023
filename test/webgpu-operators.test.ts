/** Every operator with a gradient rule on WebGPU: values and gradients of random cases are those of the CPU. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { backward } from "../packages/autodiff/src/gradients/backward.ts";
import type { Derivation } from "../packages/autodiff/src/gradients/derivation.ts";
import type { Case } from "../packages/autodiff/src/gradients/rule-cases/case.fixture.ts";
import { rules as cases } from "../packages/autodiff/src/gradients/rule-cases/index.fixture.ts";
import { GraphBuilder } from "../packages/autodiff/src/graph/builder.ts";
import type { Graph } from "../packages/autodiff/src/graph/graph.ts";
import { ortWebgpu } from "../packages/autodiff/src/lower/ort-webgpu.ts";
import { openSoftwareGpu, type SoftwareGpu } from "./software-gpu.fixture.ts";
import { largestDifference, onCpuAndGpu } from "./webgpu-runs.fixture.ts";

let gpu: SoftwareGpu;
beforeAll(async () => {
  gpu = await openSoftwareGpu();
});
afterAll(() => gpu.close());

/** Kernels of sin and cos may be off by 2^-11, as WGSL allows. */
const coarse = new Set(["Sin", "Cos"]);

/** Types that WGSL does not have. */
const refused = new Map([["Cast", 'lower: node "Cast_0" (Cast of float64) does not run on WebGPU']]);

test.each(Object.keys(cases))("%s", async (op) => {
  for (const rule of cases[op] ?? []) {
    const [drawn] = fc.sample(rule.cases, { numRuns: 1, seed: 7 });
    if (!drawn) throw new Error(`no case of ${op}`);
    const { graph, derivations } = withGradients(drawn);
    const step = { graph, derivations, target: "", loss: "", logits: "", batchStatistics: [] };
    const lowered = () => ortWebgpu({ ...step, gradients: new Map() }).graph;
    const message = refused.get(op);
    if (message !== undefined) {
      expect(lowered).toThrow(message);
      continue;
    }
    const { expected, results } = await onCpuAndGpu(gpu, graph, lowered());
    for (const { name } of graph.outputs) {
      const difference = largestDifference(results[name], expected[name]);
      expect([name, difference]).toEqual([name, expect.closeTo(0, coarse.has(op) ? 3 : 5)]);
    }
  }
});

/** A case as a graph of its output and the gradients of its inputs. */
function withGradients({ shapes, apply, opset = 21 }: Case): { graph: Graph; derivations: Derivation[] } {
  const builder = new GraphBuilder("case", { opset });
  const inputs = shapes.map((shape, index) => builder.input(`x${index}`, "float32", shape));
  const y = apply(builder, inputs);
  const upstream = builder.input("gy", "float32", y.shape);
  builder.output(y, "y");
  const { gradients, derivations } = backward(
    builder,
    y,
    upstream,
    inputs.map(({ name }) => name),
  );
  for (const [name, gradient] of gradients) builder.output(gradient, `d_${name}`);
  const names = builder.outputNames();
  const graph = builder.build();
  const built = (name: string) => {
    const now = names.get(name) ?? name;
    return graph.values.has(now) ? now : "";
  };
  return {
    graph,
    derivations: derivations.map(({ node, ofOutputs, ofInputs }) => ({
      node,
      ofOutputs: ofOutputs.map(built),
      ofInputs: ofInputs.map(built),
    })),
  };
}
