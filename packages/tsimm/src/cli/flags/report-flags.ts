/** The flags of `tsimm report`. */
import { builtInNames } from "../../recipe/generated/built-ins.ts";
import type { EngineName } from "../../runtime/create-engine.ts";
import type { CommandFlag } from "../flag-options.ts";

/** What `tsimm report` is told, by flag; what is absent was not given. */
export interface ReportOptions {
  readonly output?: string;
  readonly dataDir?: string;
  readonly noImages?: boolean;
  readonly workers?: number;
  readonly engine?: EngineName;
  readonly threads?: number;
}

const REPORT = "Report";
const RUN = "Run";

/** The flags of `tsimm report`. */
export const reportFlags: Readonly<Record<keyof ReportOptions, CommandFlag>> = {
  output: { type: "string", default: null, short: "-o", group: REPORT, help: "file to write; absent: report.html in the folder of the run, of a run of timm report-<run>.html here" },
  dataDir: { type: "string", default: null, group: REPORT, help: "images of the run, if they lie elsewhere now" },
  noImages: { type: "flag", default: false, group: REPORT, help: "leave out what needs the validation images: confusion matrix and mistakes" },
  workers: { type: "int", default: 4, min: 0, short: "-j", group: RUN, help: "decoding threads; 0 decodes on the main thread" },
  engine: { type: "string", default: "auto", names: builtInNames.engine, group: RUN, help: "where the model runs" },
  threads: { type: "int", default: null, min: 1, group: RUN, help: "engine threads; absent: all cores" },
};
