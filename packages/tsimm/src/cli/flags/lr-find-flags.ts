/** The flags of `tsimm lr-find` beside those of training. */
import type { CommandFlag } from "../flag-options.ts";

/** What `tsimm lr-find` is told beside the flags of training; what is absent was not given. */
export interface LrFindOptions {
  readonly lrFindStart?: number;
  readonly lrFindEnd?: number;
  readonly lrFindSteps?: number;
  readonly lrFindStop?: number;
  readonly lrFindOutput?: readonly string[];
}

const GROUP = "Range test";

/** The flags of `tsimm lr-find` beside those of training. */
export const lrFindFlags: Readonly<Record<keyof LrFindOptions, CommandFlag>> = {
  lrFindStart: { type: "float", default: 1e-7, above: 0, group: GROUP, help: "rate of the first update" },
  lrFindEnd: { type: "float", default: 10, above: 0, group: GROUP, help: "rate of the last update" },
  lrFindSteps: { type: "int", default: 100, min: 10, group: GROUP, help: "updates" },
  lrFindStop: { type: "float", default: 4, above: 1, group: GROUP, help: "multiple of the lowest smoothed loss at which the test stops" },
  lrFindOutput: { type: "strings", default: null, repeated: true, short: "-o", group: GROUP, help: "write the test to a .svg, .png, .csv or .json file; may be given again" },
};
