/** Chooses and loads the engine that executes models. */
import { checkOptionNames } from "../option-names.ts";
import { suggestion } from "../text/suggestion.ts";
import type { Engine } from "./engine.ts";
import { fallbackWarning, nativeEngine } from "./onnxruntime-node.ts";
import { wasmEngine } from "./onnxruntime-web.ts";

/** `native`: onnxruntime-node; `wasm`: onnxruntime-web; `auto`: native where it loads, else wasm. */
export type EngineName = "auto" | "native" | "wasm";

const engineNames: readonly EngineName[] = ["auto", "native", "wasm"];

/** Options of {@link createEngine}. */
export interface CreateEngineOptions {
  /** Called with one line if `auto` has to take wasm: why the native engine does not load, and the cure. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Loads an engine; the package behind it is imported only now.
 *
 * @param name - Which engine.
 * @param options - Who is told of a fallback.
 * @throws RangeError if there is no engine of that name.
 * @throws Error if `native` is asked for and its package is missing or has no binary for this platform.
 * @example
 * const engine = await createEngine("wasm");
 * engine.name; // => "wasm"
 */
export async function createEngine(
  name: EngineName = "auto",
  options: CreateEngineOptions = {},
): Promise<Engine> {
  checkOptionNames("createEngine", options, { onWarning: true });
  switch (name) {
    case "native":
      return nativeEngine();
    case "wasm":
      return wasmEngine();
    case "auto":
      return nativeEngine().catch((error: Error) => {
        options.onWarning?.(fallbackWarning(error));
        return wasmEngine();
      });
    default:
      throw new RangeError(
        `createEngine: name must be one of ${engineNames.join(", ")}, got "${name}"${suggestion(name, engineNames)}`,
      );
  }
}
