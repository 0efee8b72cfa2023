/** Completes parameter groups with the options of an optimizer. */
import type { ParamGroup } from "./optimizer.ts";
import type { OptimizerDefinition, OptimizerOwnOptions, OptimizerSlots } from "./optimizer-definition.ts";
import { checkOption, completeOptions, nonNegative, type OptionChecks } from "./option-checks.ts";
import type { ParamGroupInput } from "./param-groups.ts";

/** Options of all groups, which a group's own beat. */
export type GroupOptions = OptimizerOwnOptions & {
  readonly lr?: number | undefined;
  readonly weightDecay?: number | undefined;
};

/** Checks of what every group has. */
const groupChecks: OptionChecks<Pick<ParamGroup, "lr" | "lrScale" | "weightDecay">> = {
  lr: nonNegative,
  lrScale: nonNegative,
  weightDecay: nonNegative,
};

/**
 * Groups with all options of an optimizer.
 *
 * @param where - Function named in errors.
 * @param options - `lr` and `weightDecay` may be absent; all else must be an option of the optimizer.
 * @throws RangeError for an option that the optimizer does not have, or a value out of its range.
 */
export function completeGroups<O extends OptimizerOwnOptions, S extends OptimizerSlots>(
  where: string,
  definition: OptimizerDefinition<O, S>,
  groups: readonly ParamGroupInput[],
  { lr, weightDecay = 0, ...options }: GroupOptions,
): (ParamGroup & O)[] {
  const { checks } = definition;
  const given = { ...(lr === undefined ? definition.withoutLr : {}), ...options };
  const common = completeOptions(where, definition, given);
  return groups.map(({ params, lr: ownLr, lrScale, weightDecay: ownDecay, ...own }) => {
    const group = {
      ...completeOptions(where, { defaults: common, checks }, own),
      params: [...params],
      lr: ownLr ?? lr ?? definition.lr,
      weightDecay: ownDecay ?? weightDecay,
      ...(lrScale === undefined ? {} : { lrScale }),
    };
    for (const [option, check] of Object.entries(groupChecks)) {
      if (option in group) checkOption(where, option, group[option as keyof typeof group], check);
    }
    return group;
  });
}
