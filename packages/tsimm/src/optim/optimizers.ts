/** Every optimizer by name: timm's, and those that users register. */
import { createRegistry, type Registry } from "../registry.ts";
import { type BuiltInOptimizerName, builtInOptimizers } from "./built-in-optimizers.ts";
import { LOOKAHEAD } from "./lookahead.ts";
import {
  defineOptimizer,
  type OptimizerDefinition,
  type OptimizerOwnOptions,
  type OptimizerSlots,
} from "./optimizer-definition.ts";

/**
 * Names of registered optimizers, for the compiler alone: `train` takes a name that is declared here.
 *
 *     declare module "tsimm" {
 *       interface RegisteredOptimizers {
 *         signum: true;
 *       }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: users merge their names into it.
export interface RegisteredOptimizers {}

/** Name of an optimizer, as `--opt` takes it. */
export type OptimizerName = BuiltInOptimizerName | keyof RegisteredOptimizers;

const optimizers: Registry<OptimizerDefinition> = createRegistry("optimizer", {
  builtIn: builtInOptimizers,
  parameter: "opt",
  order: (names) => names.toSorted(),
});

/**
 * Makes an optimizer known by its name to {@link createOptimizer}, `train` and all else that takes a name, also behind
 * `lookahead_`. Registered before a run is resumed, its state is read too.
 *
 * @throws RangeError as {@link defineOptimizer}, or if there is an optimizer of that name.
 * @example
 * registerOptimizer(defineOptimizer({
 *   name: "signsgd",
 *   lr: 1e-4,
 *   defaults: {},
 *   checks: {},
 *   createSlots: () => ({}),
 *   loop({ data }, grad, _, { lr }) {
 *     for (let i = 0; i < data.length; i++) data[i] -= lr * Math.sign(grad[i]);
 *   },
 * }));
 * const weight = { name: "w", shape: [2], data: Float32Array.of(1, 1), grad: Float32Array.of(0.3, -0.2) };
 * createOptimizerV2([weight], { opt: "signsgd", lr: 0.5 }).step();
 * weight.data; // => [0.5, 1.5]
 */
export function registerOptimizer<O extends OptimizerOwnOptions, S extends OptimizerSlots>(
  definition: OptimizerDefinition<O, S>,
): void {
  optimizers.register(defineOptimizer(definition));
}

/**
 * The names that `createOptimizer` knows, in alphabetical order, registered ones included.
 *
 * @example
 * listOptimizers().includes("adamw"); // => true
 */
export function listOptimizers(): OptimizerName[] {
  return optimizers.names().filter(isOptimizerName);
}

function isOptimizerName(name: string): name is OptimizerName {
  return optimizers.has(name);
}

/** All optimizers, in alphabetical order. */
export function optimizerDefinitions(): OptimizerDefinition[] {
  return optimizers.definitions();
}

/**
 * The optimizer of a name.
 *
 * @param where - Function that is named in errors.
 * @param opt - timm's name, in any case, perhaps after `lookahead_`.
 * @throws RangeError if there is none of that name.
 */
export function findOptimizer(
  where: string,
  opt: string,
): { definition: OptimizerDefinition; lookahead: boolean } {
  if (typeof opt !== "string")
    throw new TypeError(`${where}: opt must be a name, got ${JSON.stringify(opt)}`);
  const { name, lookahead } = parts(opt);
  return { definition: optimizers.find(where, name, { given: opt }), lookahead };
}

/** Whether {@link findOptimizer} finds an optimizer of a name. */
export function isOptimizer(opt: string): boolean {
  return optimizers.has(parts(opt).name);
}

function parts(opt: string): { readonly name: string; readonly lookahead: boolean } {
  const lower = opt.toLowerCase();
  const lookahead = lower.startsWith(LOOKAHEAD);
  return { name: lookahead ? lower.slice(LOOKAHEAD.length) : lower, lookahead };
}
