/** The engines that are built in. */
export { native } from "./onnxruntime-node.ts";
export { cuda, dml } from "./onnxruntime-providers.ts";
export { wasm } from "./onnxruntime-web.ts";
export { webgpu } from "./onnxruntime-webgpu.ts";
