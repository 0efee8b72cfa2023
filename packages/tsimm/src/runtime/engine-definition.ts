/** The definition of an engine: its name, its loader, and its place in `auto`. */
import { checkIsDefinition } from "../registry.ts";
import type { Engine } from "./engine.ts";

/** Name that stands for the first engine that loads. */
export const AUTO = "auto";

/** How an engine is asked for. */
export interface EngineRequest {
  /** Whether `auto` asks, not its name: an engine may be slower than the next one then. */
  readonly isAuto?: boolean;
  /** Why what is to be computed cannot run on a device, a clause; `auto` takes none then. Absent: it can. */
  readonly hostOnly?: string | undefined;
  /** Callback for one line about the engine that loads. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** An engine that is not loaded yet. */
export interface EngineDefinition {
  /** As `createEngine` takes it, e.g. `wasm`; not `auto`. */
  readonly name: string;
  /** `auto` tries engines from the highest preference to the lowest; absent: it never takes this one. */
  readonly preference?: number;
  /**
   * Loads the engine; imports the package behind it no earlier.
   *
   * @param request - Absent: it is asked for by name.
   * @throws Error if the package is missing or does not run here; the message is one line.
   */
  load(request?: EngineRequest): Promise<Engine>;
  /**
   * The one line that warns where `auto` takes the next engine in its place: the reason, and the cure.
   *
   * @param error - That of {@link EngineDefinition.load}.
   * @param next - Name of the engine that is tried next.
   * @returns Null where there is nothing to warn of.
   */
  fallbackWarning?(error: Error, next: string): string | null;
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
  checkIsDefinition("defineEngine", definition);
  const { name, preference = 0, load } = definition;
  if (name === AUTO) {
    throw new RangeError('defineEngine: name must not be "auto", which takes the first engine that loads');
  }
  if (Number.isNaN(preference)) {
    throw new RangeError(`defineEngine: preference must be a number, got ${preference}`);
  }
  if (typeof load !== "function") {
    throw new TypeError(`defineEngine: load of "${name}" must be a function, got ${JSON.stringify(load)}`);
  }
  return definition;
}
