/** The settings of a run of timm for its report. */
import type { ReportSetting } from "../report/report.ts";
import { findFlag, separated, trainFlagRows } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";
import { CARRIED_KEYS } from "./recorded-run.ts";
import { timmFlags } from "./timm-flags.ts";

/**
 * The arguments in an `args.yaml` as flags, in its order; those that are not set are left out, and what timm only carries along.
 *
 * @param saved - Its content.
 */
export function savedSettings(saved: Readonly<Record<string, unknown>>): ReportSetting[] {
  const names = new Map(trainFlagRows().map(([name]) => [separated(name, "_"), name]));
  return Object.entries(saved).flatMap(([key, value]) => {
    if (isUnset(value) || CARRIED_KEYS.includes(key)) return [];
    const name = names.get(key);
    const own = name === undefined ? undefined : findFlag(name)?.default;
    const fallback = own ?? (Object.hasOwn(timmFlags, key) ? timmFlags[key]?.default : undefined) ?? null;
    // No switch of timm's is on by default.
    const isDefault = value === false || JSON.stringify(value) === JSON.stringify(fallback);
    const text =
      typeof value === "string"
        ? value
        : typeof value === "boolean"
          ? value
            ? "on"
            : "off"
          : showValue(value);
    return [{ flag: `--${key.replaceAll("_", "-")}`, value: text, isDefault }];
  });
}

function isUnset(value: unknown): boolean {
  return (
    value === null || value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0)
  );
}
