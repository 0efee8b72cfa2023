/** The engines that are built in. */
export { native } from "./onnxruntime-node.ts";
export { wasm } from "./onnxruntime-web.ts";
