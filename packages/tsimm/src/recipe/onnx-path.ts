/** ONNX files as the argument `--model`. */
import { basename } from "node:path";

/** Whether `--model` is an ONNX file, not a name. */
export function isOnnxPath(model: string): boolean {
  return /\.onnx$/i.test(model);
}

/** Name of the model in a file: the file's, without what file systems might not take. */
export function onnxName(path: string): string {
  const name = basename(path.replaceAll("\\", "/"))
    .replace(/\.onnx$/i, "")
    .replace(/[^\w.-]+/g, "_");
  return /\w/.test(name) ? name : "model";
}
