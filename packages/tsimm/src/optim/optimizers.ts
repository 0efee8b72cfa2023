/** Every optimizer by timm's name. */
import { adam, adamw } from "./adam.ts";
import { checkOption, checkOptions } from "./check-options.ts";
import type { Optimizer } from "./optimizer.ts";
import type { ParamGroupInput } from "./param-groups.ts";
import { RuleOptimizer } from "./rule-optimizer.ts";
import { sgd } from "./sgd.ts";
import type { RuleOptions, Slots, UpdateRule } from "./update-rule.ts";

/** What can be created under a name. */
export interface OptimizerEntry {
  /** Names of the options besides `lr` and `weightDecay`. */
  readonly options: readonly string[];
  /**
   * @param where - Function named in errors.
   * @param groups - What a group sets beats `options`.
   * @param options - `lr` and `weightDecay` may be absent; all else must be an option of the optimizer.
   */
  create(
    where: string,
    groups: readonly ParamGroupInput[],
    options: RuleOptions & { readonly lr?: number | undefined; readonly weightDecay?: number | undefined },
  ): Optimizer;
}

/** Optimizers by name, in alphabetical order. */
export const optimizers: ReadonlyMap<string, OptimizerEntry> = new Map(
  [
    entry("adam", adam),
    entry("adamw", adamw),
    entry("momentum", sgd, { nesterov: false }),
    entry("nesterov", sgd),
    entry("sgd", sgd),
  ].sort(([a], [b]) => (a < b ? -1 : 1)),
);

/**
 * The names that `createOptimizer` knows, in alphabetical order.
 *
 * @example
 * listOptimizers().includes("adamw"); // => true
 */
export function listOptimizers(): string[] {
  return [...optimizers.keys()];
}

function entry<O extends RuleOptions, S extends Slots>(
  name: string,
  rule: UpdateRule<O, S>,
  overrides: Partial<O> = {},
): [string, OptimizerEntry] {
  const defaults: O = { ...rule.defaults, ...overrides };
  return [
    name,
    {
      options: Object.keys(defaults),
      create(where, groups, { lr = rule.lr, weightDecay = 0, ...options }) {
        const common = checkOptions(where, defaults, options);
        const complete = groups.map(({ params, lr: ownLr, lrScale, weightDecay: ownDecay, ...own }) => {
          const group = {
            ...checkOptions(where, common, own),
            params: [...params],
            lr: ownLr ?? lr,
            weightDecay: ownDecay ?? weightDecay,
            ...(lrScale === undefined ? {} : { lrScale }),
          };
          for (const option of ["lr", "weightDecay"] as const) checkOption(where, option, group[option]);
          return group;
        });
        return new RuleOptimizer(name, rule, complete);
      },
    },
  ];
}
