import { decodeModel } from "@tsimm/autodiff";
import * as runtime from "onnxruntime-node";
import { expect, test } from "vitest";
import type { OnnxRuntime } from "../onnxruntime-tensor.ts";
import { probeModel } from "./probe-model.ts";
import { runProbe } from "./run-probe.ts";

const probe = probeModel();
const options = { device: { executionProviders: ["device"] }, cpu: "cpu" } as const;

/** ONNX Runtime on the CPU, whose provider "device" changes one output. */
function runtimeThatSpoils(spoiled: string, change: (value: number) => number): OnnxRuntime {
  return {
    Tensor: runtime.Tensor,
    InferenceSession: {
      async create(model, { executionProviders, ...others }) {
        const cpu = await runtime.InferenceSession.create(model, others);
        if (executionProviders?.[0] !== "device") return cpu;
        return {
          ...{ inputNames: [], outputNames: [], inputMetadata: [], outputMetadata: [], handler: null },
          async run(feeds: Parameters<typeof cpu.run>[0]) {
            const results = { ...(await cpu.run(feeds)) };
            const data = results[spoiled]?.data;
            if (data instanceof Float32Array) data[data.length - 1] = change(data.at(-1) ?? 0);
            return results;
          },
          release: () => cpu.release(),
          startProfiling: () => {},
          endProfiling: () => {},
        };
      },
    },
  };
}

const outputs = decodeModel(probe.model).graph.outputs.map(({ name }) => name);

test("a device that computes as the CPU does passes", async () => {
  expect(outputs.length).toBeGreaterThan(10);
  expect(await runProbe(runtimeThatSpoils("", Number), probe, options)).toBeNull();
});

test.each(outputs)("one wrong number in %s is found", async (output) => {
  const found = await runProbe(
    runtimeThatSpoils(output, (value) => value + 0.01),
    probe,
    options,
  );
  expect(found?.output).toBe(output);
  expect(found?.difference).toBeGreaterThan(1e-5);
  expect(found?.difference).toBeLessThan(1);
});

test("a number that is none is found, and a tolerance is kept", async () => {
  const broken = runtimeThatSpoils("product", () => Number.NaN);
  expect(await runProbe(broken, probe, options)).toEqual({ output: "product", difference: Number.NaN });
  const close = runtimeThatSpoils("product", (value) => 1.0001 * value);
  expect(await runProbe(close, probe, { ...options, tolerance: 1e-3 })).toBeNull();
});
