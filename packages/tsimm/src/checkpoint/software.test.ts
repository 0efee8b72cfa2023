import { expect, test } from "vitest";
import type { EngineDevice } from "../runtime/engine.ts";
import { version } from "../version.ts";
import { engineChange, softwareOf } from "./software.ts";

const native = { name: "native", version: "1.30.0", lowering: "ort-cpu" } as const;
const device: EngineDevice = {
  name: "Toy (Vulkan)",
  load: () => Promise.reject(new Error("there is no device")),
  read: async () => ({}),
};
const webgpu = { name: "webgpu", version: "1.30.0", lowering: "ort-webgpu", device } as const;

test("a CPU's software is as it ever was, a device is named", () => {
  const usual = { tsimm: version, node: process.version };
  expect(softwareOf(native)).toEqual({ ...usual, "engine-native": "1.30.0" });
  expect(softwareOf(webgpu)).toEqual({
    ...{ ...usual, "engine-webgpu": "1.30.0", lowering: "ort-webgpu", device: "Toy (Vulkan)" },
  });
  expect(softwareOf({ name: "own", version: "1" })).toEqual({
    ...usual,
    "engine-own": "1",
    lowering: "generic",
  });
});

test.each([
  ["the same engine", softwareOf(native), native, null],
  ["the same device", softwareOf(webgpu), webgpu, null],
  ["another version", { "engine-native": "1.20.0" }, native, null],
  ["a file without an engine", { tsimm: "0.0.0" }, webgpu, null],
  ["a device after a CPU", softwareOf(native), webgpu, "native (ort-cpu) -> webgpu (ort-webgpu)"],
  ["a CPU after a device", softwareOf(webgpu), native, "webgpu (ort-webgpu) -> native (ort-cpu)"],
  ["WebAssembly", softwareOf(native), { ...native, name: "wasm" }, "native (ort-cpu) -> wasm (ort-cpu)"],
])("%s", (_, software, engine, change) => {
  expect(engineChange(software, engine)).toBe(
    change === null
      ? null
      : `Resume: engine ${change}: the numbers may differ from those of a run on one engine in their last bits`,
  );
});
