/** The settings of a run for its report. */
import type { ReportSetting } from "../report/report.ts";
import { findFlag, separated, trainFlagRows } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";

/** What changes no result: a run that went another way to the same weights has the same report. */
const NO_RESULT: readonly string[] = [
  ...["output", "experiment", "overwrite", "resume", "report", "workers", "threads", "tune"],
  ...["logInterval", "recoveryInterval", "metricsJsonl", "tensorboard"],
];

/**
 * The arguments of a run as flags, in the order of `--help`; those that are not set anywhere are left out.
 *
 * @param args - Arguments under their snake_case names, as a state has them.
 */
export function reportSettings(args: Readonly<Record<string, unknown>>): ReportSetting[] {
  return trainFlagRows().flatMap(([name]) => {
    if (NO_RESULT.includes(name)) return [];
    const key = separated(name, "_");
    const fallback = findFlag(name)?.default ?? null;
    const value = Object.hasOwn(args, key) ? args[key] : fallback;
    if (value === null || value === undefined || value === "") return [];
    const isDefault = JSON.stringify(value) === JSON.stringify(fallback);
    return [{ flag: `--${separated(name, "-")}`, value: shown(value), isDefault }];
  });
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? value
    : typeof value === "boolean"
      ? value
        ? "on"
        : "off"
      : showValue(value);
}
