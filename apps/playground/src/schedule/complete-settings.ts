/** The settings of a schedule as arguments of training. */
import type { TrainArguments } from "tsimm/plot";
import { noiseShares } from "./noise-share.ts";
import type { Parameter } from "./parameter.ts";
import { parametersOf } from "./parameters.ts";
import type { CurveSettings, SettingValue } from "./settings.ts";

/** A schedule with all its arguments. */
export interface CompleteSettings {
  readonly parameters: readonly Parameter[];
  /** Value of each parameter, as the playground holds it: the span of the noise in epochs. */
  readonly values: Readonly<Record<string, SettingValue>>;
  /** The same as flags of training, those at their default too. */
  readonly flags: Partial<TrainArguments> & { readonly lr: number };
  /** t in an epoch. */
  readonly perEpoch: number;
}

/**
 * Fills in the defaults, and leaves out what has no effect on the schedule.
 *
 * @param settings - Values of any kind are passed on, to be refused where the schedule is made.
 * @throws RangeError for a name that no schedule has, a choice that there is not, or a factor of a
 *   group that is no number >= 0.
 */
export function completeSettings(
  { sched, args, groups }: CurveSettings,
  { updatesPerEpoch }: { readonly updatesPerEpoch: number },
): CompleteSettings {
  for (const { lrScale } of groups) {
    if (lrScale >= 0 && lrScale < Number.POSITIVE_INFINITY) continue;
    throw new RangeError(`lrScale of a group must be a finite number >= 0, got ${lrScale}`);
  }
  const parameters = parametersOf(sched, args);
  const values = Object.fromEntries(
    parameters.map(({ name, default: fallback }) => [name, own(args, name) ?? fallback]),
  );
  for (const parameter of parameters) refuseChoice(parameter, values[parameter.name]);
  const perEpoch = values["schedOnUpdates"] === true ? updatesPerEpoch : 1;
  const { lrNoise, epochs } = values;
  const shares =
    isNumbers(lrNoise) && typeof epochs === "number" && epochs > 0
      ? noiseShares(lrNoise, epochs, perEpoch)
      : (lrNoise ?? null);
  const lr = Number(values["lr"]);
  return {
    parameters,
    values,
    flags: { ...values, sched, lr, lrNoise: shares } as CompleteSettings["flags"],
    perEpoch,
  };
}

function refuseChoice({ kind, flag, choices }: Parameter, value: SettingValue | undefined): void {
  if (kind !== "choice" || (typeof value === "string" && choices.includes(value))) return;
  throw new RangeError(`${flag} must be one of ${choices.join(", ")}, got ${JSON.stringify(value)}`);
}

function own(args: CurveSettings["args"], name: string): SettingValue | undefined {
  return Object.hasOwn(args, name) ? args[name] : undefined;
}

/** Whether a value is a list. */
export function isNumbers(value: SettingValue | undefined): value is readonly number[] {
  return Array.isArray(value);
}
