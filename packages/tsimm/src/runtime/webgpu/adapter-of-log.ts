/** The adapter that ONNX Runtime has taken in Node, from what drivers and ONNX Runtime log: its interface does not tell. */
import { type Adapter, isSoftwareAdapter } from "./adapter.ts";

/** Name of an adapter that tells nothing of itself. */
const unnamed = "an adapter without a name";

/**
 * The adapter of a session.
 *
 * Linux: Vulkan's loader logs the devices and the one taken, where `VK_LOADER_DEBUG` holds `driver` and `info`. Windows: ONNX
 * Runtime logs the GPUs, without those that are software, so none means WARP. macOS: the GPU is part of the chip.
 *
 * @param log - Lines of a process that opened a session of the WebGPU provider, logging verbosely.
 * @param platform - As `process.platform`.
 * @param processor - Its name, for macOS.
 * @returns Where nothing tells of the adapter, one that counts as software.
 */
export function adapterOfLog(log: string, platform: string, processor: string): Adapter {
  if (platform === "darwin") return { name: processor, isSoftware: false };
  const name = platform === "win32" ? gpuOfOnnxRuntime(log) : deviceOfVulkan(log);
  if (name === undefined) {
    const [stand, isSoftware] = [platform === "win32" ? "Microsoft Basic Render Driver" : unnamed, true];
    return { name: stand, isSoftware };
  }
  return { name, isSoftware: isSoftwareAdapter(name) };
}

/** The device of the last logical device that was made; of loaders that do not log it, the first of the sorted ones. */
function deviceOfVulkan(log: string): string | undefined {
  const taken = [...log.matchAll(/Using "(.+)" with driver: "/g)].at(-1)?.[1];
  return taken ?? [...log.matchAll(/^.*:\s+\[0\] (.+?)\s*$/gm)].at(-1)?.[1];
}

/** The GPU that Windows ranks first for performance, as WebGPU does. */
function gpuOfOnnxRuntime(log: string): string | undefined {
  const gpus = [...log.matchAll(/OrtHardwareDevice \{(.*type:1, metadata: \[.*)\]\}/g)].map(
    ([, gpu = ""]) => ({
      name: /Description=(.*?)(?:, |$)/.exec(gpu)?.[1] ?? /vendor:(.*?), type/.exec(gpu)?.[1] ?? unnamed,
      rank: Number(/DxgiHighPerformanceIndex=(\d+)/.exec(gpu)?.[1] ?? Number.POSITIVE_INFINITY),
    }),
  );
  return gpus.toSorted((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank))[0]?.name;
}
