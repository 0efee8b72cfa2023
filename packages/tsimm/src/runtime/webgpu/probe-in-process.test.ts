import { expect, test } from "vitest";
import { AdapterError } from "./adapter.ts";
import { adapterOfReply, type ProbeReply } from "./probe-in-process.ts";

const log = 'DRIVER: Using "NVIDIA GeForce RTX 3090" with driver: "/usr/lib/libGLX_nvidia.so.0"\n';
const ended = { code: 0, signal: null };

test.runIf(process.platform === "linux")("an adapter that computes as the CPU does passes", () => {
  const adapter = { name: "NVIDIA GeForce RTX 3090", isSoftware: false };
  expect(adapterOfReply({ difference: null }, log, ended)).toEqual(adapter);
});

const noAdapter =
  "/onnxruntime_src/webgpu_context.cc:136 Initialize(const WebGpuContextConfig&)::<lambda()> adapter_result.status was false. Failed to get a WebGPU adapter: No supported adapters\n";

test.runIf(process.platform === "linux").each<[string, ProbeReply | undefined, object, string]>([
  [
    "a driver that crashes",
    undefined,
    { code: null, signal: "SIGSEGV" },
    "the driver of the WebGPU adapter must start, got SIGSEGV",
  ],
  [
    "a driver that ends the process",
    undefined,
    { code: 134, signal: null },
    "the driver of the WebGPU adapter must start, got exit code 134",
  ],
  [
    "no adapter",
    { error: noAdapter },
    ended,
    "the WebGPU adapter must be a GPU with a driver for Vulkan, got none",
  ],
  [
    "an adapter without a device",
    { error: "Failed to get a WebGPU device: limit\nat somewhere" },
    ended,
    "the WebGPU adapter must be a GPU with a driver for Vulkan, got one that does not start (Failed to get a WebGPU device: limit)",
  ],
  [
    "wrong numbers",
    { difference: { output: "columns", difference: 1.7 } },
    ended,
    'the WebGPU adapter "NVIDIA GeForce RTX 3090" must compute as the CPU does, got columns off by 1.7 of its largest entry',
  ],
])("%s is one line", (_, reply, end, message) => {
  expect(() => adapterOfReply(reply, log, end as typeof ended)).toThrow(new AdapterError("fails", message));
});
