/** Usual reasons against the GPU, as an engine gives them, in the words of a page. */
const words: Readonly<Record<string, string>> = {
  "WebGPU must have an adapter, got none": "this browser has no WebGPU adapter",
  "WebGPU must be in the browser, and the page served over https or from localhost, got none":
    "this browser has no WebGPU here: it takes https, or localhost",
};

/**
 * Says why it is not the GPU.
 *
 * @param message - Of an engine, with its function and its cure or without.
 * @example
 * plainReason("webgpuEngine: WebGPU must have an adapter, got none; use wasmEngine");
 * // => "this browser has no WebGPU adapter"
 */
export function plainReason(message: string): string {
  const reason = message.replace(/^webgpuEngine: /, "").replace(/; use wasmEngine$/, "");
  return words[reason] ?? reason;
}
