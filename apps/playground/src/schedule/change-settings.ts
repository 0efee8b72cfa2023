import { parametersOf } from "./parameters.ts";
import type { CurveSettings, SettingValue } from "./settings.ts";

/**
 * Settings with another value of an argument; one that is the default is left out.
 *
 * @param settings - They stay as they are.
 * @param name - `Parameter.name`.
 */
export function changeArgument(settings: CurveSettings, name: string, value: SettingValue): CurveSettings {
  const rest = Object.fromEntries(Object.entries(settings.args).filter(([key]) => key !== name));
  const usual = parametersOf(settings.sched, rest).find((parameter) => parameter.name === name)?.default;
  const isDefault = usual !== undefined && JSON.stringify(usual) === JSON.stringify(value);
  return { ...settings, args: isDefault ? rest : { ...rest, [name]: value } };
}
