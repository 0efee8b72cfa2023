import type { SettingValue } from "../schedule/settings.ts";

/**
 * A value as a button says it.
 *
 * @example
 * valueText([30, 60]); // => "30 60"
 */
export function valueText(value: SettingValue): string {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "object") return value.join(" ");
  return value === "" ? "auto" : String(value);
}
