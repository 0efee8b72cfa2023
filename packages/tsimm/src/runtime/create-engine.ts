/** Chooses and loads the engine that executes models. */
import { checkOptionNames } from "../option-names.ts";
import { createRegistry, type Registry } from "../registry.ts";
import * as builtIn from "./built-in-engines.ts";
import type { Engine } from "./engine.ts";
import { AUTO, defineEngine, type EngineDefinition } from "./engine-definition.ts";

/**
 * Names of registered engines, for the compiler alone: `createEngine` takes a name that is declared here.
 *
 *     declare module "tsimm" {
 *       interface RegisteredEngines {
 *         webgpu: true;
 *       }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: users merge their names into it.
export interface RegisteredEngines {}

/**
 * `webgpu`: the GPU, through onnxruntime-node; `native`: its CPU; `wasm`: onnxruntime-web; `cuda`, `dml`: the GPU, where
 * onnxruntime-node has these libraries. `auto`: the first that loads, in the order of their preference: webgpu where there is
 * a GPU, else native, else wasm.
 */
export type EngineName = "auto" | keyof typeof builtIn | keyof RegisteredEngines;

const engines: Registry<EngineDefinition> = createRegistry("engine", {
  builtIn: Object.values<EngineDefinition>(builtIn).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
});

/**
 * Makes an engine known by its name to {@link createEngine} and all else that takes a name; with a `preference` to
 * `auto` too.
 *
 * @throws RangeError as {@link defineEngine}, or if there is an engine of that name.
 * @example
 * registerEngine({
 *   name: "wasm-from-own-server",
 *   load: async () => ({ ...(await wasmEngine({ wasmUrl: "/ort.wasm" })), name: "wasm-from-own-server" }),
 * });
 * listEngines().includes("wasm-from-own-server"); // => true
 */
export function registerEngine(definition: EngineDefinition): void {
  engines.register(defineEngine(definition));
}

/**
 * The names that {@link createEngine} knows besides `auto`, in the order of registration, built-in ones first.
 *
 * @example
 * listEngines().includes("wasm"); // => true
 */
export function listEngines(): string[] {
  return engines.names();
}

/** Options of {@link createEngine}. */
export interface CreateEngineOptions {
  /**
   * Called with one line for each engine that `auto` prefers but cannot load: the reason, and the cure; and about a GPU in
   * software that was asked for by name.
   */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Why what is to be computed cannot run on a device, a clause; `auto` takes none then. Absent: it can. */
  readonly hostOnly?: string | undefined;
}

/**
 * Loads an engine; the package behind it is imported only now.
 *
 * @param name - Name of the engine, or `auto`.
 * @param options - `onWarning`: callback for the warning of a fallback, and of a GPU in software;
 * `hostOnly`: why `auto` is to take no device.
 * @throws RangeError if there is no engine of that name.
 * @throws Error if the engine does not load: `native` where its package is missing or has no binary for this platform,
 * `webgpu` where there is no GPU.
 * @example
 * const engine = await createEngine("wasm");
 * engine.name; // => "wasm"
 */
export async function createEngine(
  name: EngineName = "auto",
  options: CreateEngineOptions = {},
): Promise<Engine> {
  checkOptionNames("createEngine", options, { onWarning: true, hostOnly: true });
  if (name === AUTO) return loadPreferred(options);
  return engines.find("createEngine", name, { besides: [AUTO] }).load(options);
}

/**
 * Refuses a name that no engine has.
 *
 * @param where - Function named in the error.
 * @throws RangeError that lists the names, with the nearest one.
 */
export function checkEngineName(where: string, name: string): void {
  if (name !== AUTO) engines.find(where, name, { besides: [AUTO] });
}

/** The first engine that loads; where none does, the last one's error. */
async function loadPreferred(options: CreateEngineOptions): Promise<Engine> {
  const { onWarning } = options;
  const preferred = engines
    .definitions()
    .flatMap((definition) => (definition.preference === undefined ? [] : [definition]))
    .toSorted((a, b) => (b.preference ?? 0) - (a.preference ?? 0));
  for (const [i, definition] of preferred.entries()) {
    const next = preferred[i + 1];
    const request = { ...options, isAuto: true };
    if (next === undefined) return definition.load(request);
    try {
      return await definition.load(request);
    } catch (error) {
      const line = warning(definition, error, next);
      if (line !== null) onWarning?.(line);
    }
  }
  throw new Error("createEngine: there must be an engine with a preference, got none");
}

function warning(
  { name, fallbackWarning }: EngineDefinition,
  thrown: unknown,
  next: EngineDefinition,
): string | null {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (fallbackWarning !== undefined) return fallbackWarning(error, next.name);
  return (
    `engine "${name}" does not load (${error.message.split("\n")[0]}), so "${next.name}" computes; ` +
    `--engine ${next.name} is without this warning`
  );
}
