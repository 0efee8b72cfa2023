import { expect, test } from "vitest";
import { adapterOfLog } from "./adapter-of-log.ts";

/** Vulkan's loader 1.3.239, two devices; lines around as drivers and ONNX Runtime write them. */
const oldLoader = `
INFO:             Vulkan Loader Version 1.3.239
DRIVER:           Found ICD manifest file /usr/share/vulkan/icd.d/lvp_icd.x86_64.json, version "1.0.0"
INFO | DRIVER:    linux_read_sorted_physical_devices:
INFO | DRIVER:         Original order:
INFO | DRIVER:               [0] llvmpipe (LLVM 15.0.6, 256 bits)
INFO | DRIVER:               [1] NVIDIA GeForce RTX 3090
INFO | DRIVER:         Sorted order:
INFO | DRIVER:               [0] NVIDIA GeForce RTX 3090  
INFO | DRIVER:               [1] llvmpipe (LLVM 15.0.6, 256 bits)  
error: XDG_RUNTIME_DIR is invalid or not set in the environment.
2026-11-26 10:30:08.169787868 [V:onnxruntime:onnxruntime-node, webgpu_provider_factory.cc:338 ParseWebGpuContextConfig] WebGPU EP Dawn backend type: 0
`;
const newLoader = `
[Vulkan Loader] INFO | DRIVER:       Sorted order:
[Vulkan Loader] INFO | DRIVER:             [0] NVIDIA GeForce RTX 3090  
[Vulkan Loader] INFO | DRIVER:             [1] SwiftShader Device (Subzero)  
[Vulkan Loader] DRIVER:                Using "SwiftShader Device (Subzero)" with driver: "/tmp/ss/libvk_swiftshader.so"
`;
const windows = `
2026-11-26 10:30:08 [I:onnxruntime:onnxruntime-node, device_discovery.cc:1 operator()] Discovered OrtHardwareDevice {vendor_id:0x8086, device_id:0x0, vendor:GenuineIntel, type:0, metadata: [Description=13th Gen Intel(R) Core(TM) i7, ]}
2026-11-26 10:30:08 [I:onnxruntime:onnxruntime-node, device_discovery.cc:1 operator()] Discovered OrtHardwareDevice {vendor_id:0x8086, device_id:0xa7a0, vendor:Intel, type:1, metadata: [Description=Intel(R) Iris(R) Xe Graphics, DxgiHighPerformanceIndex=1, Discrete=0, ]}
2026-11-26 10:30:08 [I:onnxruntime:onnxruntime-node, device_discovery.cc:1 operator()] Discovered OrtHardwareDevice {vendor_id:0x10de, device_id:0x2684, vendor:NVIDIA, type:1, metadata: [DxgiHighPerformanceIndex=0, Description=NVIDIA GeForce RTX 4090, Discrete=1, ]}
`;

test.each([
  [
    "linux",
    "the first of the sorted ones",
    oldLoader,
    { name: "NVIDIA GeForce RTX 3090", isSoftware: false },
  ],
  ["linux", "the one taken", newLoader, { name: "SwiftShader Device (Subzero)", isSoftware: true }],
  [
    "linux",
    "the only one",
    "INFO:                  Sorted order:\nINFO:                        [0] llvmpipe (LLVM 15.0.6, 256 bits)  \n",
    { name: "llvmpipe (LLVM 15.0.6, 256 bits)", isSoftware: true },
  ],
  [
    "linux",
    "no name, which does not count as a GPU",
    "INFO: Vulkan Loader Version 1.2.131\n",
    { name: "an adapter without a name", isSoftware: true },
  ],
  [
    "win32",
    "the GPU that is first for performance",
    windows,
    { name: "NVIDIA GeForce RTX 4090", isSoftware: false },
  ],
  [
    "win32",
    "the software where there is no GPU",
    windows.split("\n").slice(0, 2).join("\n"),
    { name: "Microsoft Basic Render Driver", isSoftware: true },
  ],
  ["darwin", "the chip", "", { name: "Apple M2 Max", isSoftware: false }],
])("on %s the adapter is %s", (platform, _, log, adapter) => {
  expect(adapterOfLog(log, platform, "Apple M2 Max")).toEqual(adapter);
});
