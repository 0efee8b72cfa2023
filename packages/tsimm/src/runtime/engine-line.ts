/** The line that says what computes. */
import type { Engine } from "./engine.ts";

/**
 * Name and version of an engine, and its device.
 *
 * @example
 * engineLine({ name: "native", version: "1.30.0" }); // => "Engine: native (ONNX Runtime 1.30.0)"
 */
export function engineLine({ name, version, device }: Pick<Engine, "name" | "version" | "device">): string {
  return `Engine: ${name} (ONNX Runtime ${version})${device === undefined ? "" : ` on ${device.name}`}`;
}
