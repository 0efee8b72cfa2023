/** The flags of `tsimm watch`. */
import type { CommandFlag } from "../flag-options.ts";

/** What `tsimm watch` is told, by flag; what is absent was not given. */
export interface WatchOptions {
  readonly metric?: string;
  readonly once?: boolean;
  readonly interval?: number;
}

const WATCH = "Watch";

/** The flags of `tsimm watch`. */
export const watchFlags: Readonly<Record<keyof WatchOptions, CommandFlag>> = {
  metric: { type: "string", default: null, group: WATCH, help: "metric of the validation, or column of summary.csv, to draw and to rank epochs by; absent: the run's own" },
  once: { type: "flag", default: false, group: WATCH, help: "show the present state and end" },
  interval: { type: "float", default: 2, above: 0, group: WATCH, help: "seconds between two looks where the file system does not tell of changes, as network drives do not" },
};
