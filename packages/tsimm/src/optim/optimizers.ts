/** Every optimizer by timm's name. */
import { adadelta } from "./adadelta.ts";
import { adafactor } from "./adafactor.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { lamb } from "./lamb.ts";
import { lars } from "./lars.ts";
import { lion } from "./lion.ts";
import { nadam, nadamw } from "./nadam.ts";
import type { Optimizer, ParamGroup } from "./optimizer.ts";
import { checkOption, completeOptions, nonNegative, type OptionChecks } from "./option-checks.ts";
import type { ParamGroupInput } from "./param-groups.ts";
import { radam } from "./radam.ts";
import { rmsprop, rmsproptf } from "./rmsprop.ts";
import { RuleOptimizer } from "./rule-optimizer.ts";
import { sgd, sgdw } from "./sgd.ts";
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

const NAMES = [
  "adadelta",
  "adafactor",
  "adagrad",
  "adam",
  "adamax",
  "adamw",
  "lamb",
  "lambc",
  "lambw",
  "larc",
  "lars",
  "lion",
  "momentum",
  "nadam",
  "nadamw",
  "nesterov",
  "nlarc",
  "nlars",
  "radam",
  "rmsprop",
  "rmsproptf",
  "sgd",
  "sgdw",
] as const;

/** Name of an optimizer, as `--opt` takes it. */
export type OptimizerName = (typeof NAMES)[number];

/** Optimizers by name, in alphabetical order. */
export const optimizers: ReadonlyMap<string, OptimizerEntry> = new Map([
  entry("adadelta", adadelta),
  entry("adafactor", adafactor),
  entry("adagrad", adagrad),
  entry("adam", adam),
  entry("adamax", adamax),
  entry("adamw", adamw),
  entry("lamb", lamb),
  entry("lambc", lamb, { trustClip: true }),
  entry("lambw", lamb, { decoupledDecay: true }),
  entry("larc", lars, { trustClip: true }),
  entry("lars", lars),
  entry("lion", lion),
  entry("momentum", sgd, { nesterov: false }),
  entry("nadam", nadam),
  entry("nadamw", nadamw),
  entry("nesterov", sgd),
  entry("nlarc", lars, { nesterov: true, trustClip: true }),
  entry("nlars", lars, { nesterov: true }),
  entry("radam", radam),
  entry("rmsprop", rmsprop),
  entry("rmsproptf", rmsproptf),
  entry("sgd", sgd),
  entry("sgdw", sgdw),
]);

/**
 * The names that `createOptimizer` knows, in alphabetical order.
 *
 * @example
 * listOptimizers().includes("adamw"); // => true
 */
export function listOptimizers(): OptimizerName[] {
  return [...NAMES];
}

/** Checks of what every group has. */
const groupChecks: OptionChecks<Pick<ParamGroup, "lr" | "lrScale" | "weightDecay">> = {
  lr: nonNegative,
  lrScale: nonNegative,
  weightDecay: nonNegative,
};

function entry<O extends RuleOptions, S extends Slots>(
  name: string,
  rule: UpdateRule<O, S>,
  overrides: Partial<O> = {},
): [string, OptimizerEntry] {
  const { checks } = rule;
  const defaults: O = { ...rule.defaults, ...overrides };
  return [
    name,
    {
      options: Object.keys(defaults),
      create(where, groups, { lr, weightDecay = 0, ...options }) {
        const common = completeOptions(
          where,
          { defaults, checks },
          {
            ...(lr === undefined ? rule.withoutLr : {}),
            ...options,
          },
        );
        const complete = groups.map(({ params, lr: ownLr, lrScale, weightDecay: ownDecay, ...own }) => {
          const group = {
            ...completeOptions(where, { defaults: common, checks }, own),
            params: [...params],
            lr: ownLr ?? lr ?? rule.lr,
            weightDecay: ownDecay ?? weightDecay,
            ...(lrScale === undefined ? {} : { lrScale }),
          };
          for (const [option, check] of Object.entries(groupChecks)) {
            if (option in group) checkOption(where, option, group[option as keyof typeof group], check);
          }
          return group;
        });
        return new RuleOptimizer(name, rule, complete);
      },
    },
  ];
}
