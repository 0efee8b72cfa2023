/** How an engine is defined: its name, how it is loaded, and when `auto` takes it. */
import type { Engine } from "./engine.ts";

/** What stands for the first engine that loads, in place of a name. */
export const AUTO = "auto";

/** An engine that is not loaded yet. */
export interface EngineDefinition {
  /** As `createEngine` takes it, e.g. `wasm`; not `auto`. */
  readonly name: string;
  /** `auto` tries engines from the highest preference to the lowest; absent: it never takes this one. */
  readonly preference?: number;
  /**
   * Loads the engine; imports the package behind it no earlier.
   *
   * @throws Error if the package is missing or does not run here; the message is one line.
   */
  load(): Promise<Engine>;
  /**
   * The one line that warns where `auto` takes the next engine in its place: the reason, and the cure.
   *
   * @param error - That of {@link EngineDefinition.load}.
   * @param next - Name of the engine that is tried next.
   */
  fallbackWarning?(error: Error, next: string): string;
}

/**
 * Checks the definition of an engine and returns it as it is.
 *
 * @throws RangeError if the name is `auto`, or the preference no number.
 * @example
 * import { createEngine, defineEngine, listEngines, registerEngine, wasmEngine } from "tsimm";
 *
 * const fromCdn = defineEngine({
 *   name: "wasm-from-cdn",
 *   load: async () => ({ ...(await wasmEngine({ wasmUrl: "https://example.org/ort.wasm" })), name: "wasm-from-cdn" }),
 * });
 * registerEngine(fromCdn);
 * listEngines().includes("wasm-from-cdn"); // => true
 */
export function defineEngine(definition: EngineDefinition): EngineDefinition {
  const { name, preference = 0 } = definition;
  if (name === AUTO) {
    throw new RangeError('defineEngine: name must not be "auto", which takes the first engine that loads');
  }
  if (Number.isNaN(preference)) {
    throw new RangeError(`defineEngine: preference must be a number, got ${preference}`);
  }
  return definition;
}
