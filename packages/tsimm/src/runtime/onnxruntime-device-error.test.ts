import { expect, test } from "vitest";
import { DeviceLostError } from "./device-lost-error.ts";
import { deviceError } from "./onnxruntime-device-error.ts";

const cure = "take a smaller --batch-size, with --grad-accum-steps for the same update";

test.each([
  [
    "[Device] is lost.\n - While calling [Device].CreateBuffer",
    "the device H100 is lost ([Device] is lost.); its driver has reset it or it was taken away: go on with --resume",
  ],
  [
    "WebGPU device lost (1): A valid external Instance reference no longer exists.",
    "the device H100 is lost (WebGPU device lost (1): A valid external Instance reference no longer exists.); its driver has reset it or it was taken away: go on with --resume",
  ],
  [
    "vkQueueSubmit failed with VK_ERROR_DEVICE_LOST",
    "the device H100 is lost (vkQueueSubmit failed with VK_ERROR_DEVICE_LOST); its driver has reset it or it was taken away: go on with --resume",
  ],
  [
    "/onnxruntime_src/buffer_manager.cc:1 Download status was false. Failed to download data from buffer: Buffer was unmapped",
    "the device H100 is lost (Failed to download data from buffer: Buffer was unmapped); its driver has reset it or it was taken away: go on with --resume",
  ],
  [
    "vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY",
    `the device H100 is out of memory (vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY); ${cure}`,
  ],
  [
    "WebGPU validation failed. Buffer size (1200000000) exceeds the max buffer size limit (1073741824).\n - While calling",
    `the device H100 is out of memory (WebGPU validation failed. Buffer size (1200000000) exceeds the max buffer size limit (1073741824).); ${cure}`,
  ],
  [
    "WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating",
    `the device H100 is out of memory (WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.); ${cure}`,
  ],
  [
    "Non-zero status code returned while running Expand node. Name:'Expand_0' Status Message: narrowing_error",
    `the device H100 is out of memory (narrowing_error); ${cure}`,
  ],
  [
    "CUDA failure 2: out of memory",
    `the device H100 is out of memory (CUDA failure 2: out of memory); ${cure}`,
  ],
])("%j is one line with the cure", (message, line) => {
  const cause = new Error(message);
  const error = deviceError("H100", cause);
  expect(error).toBeInstanceOf(DeviceLostError);
  expect(error).toMatchObject({ message: line, cause });
});

test("any other error is as it was", () => {
  const error = new Error("input 'x' is missing in 'feeds'.");
  expect(deviceError("H100", error)).toBe(error);
});
