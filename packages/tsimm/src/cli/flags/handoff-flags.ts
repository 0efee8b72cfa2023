/** The flags of `tsimm handoff`. */
import type { CommandFlag } from "../flag-options.ts";

/** What `tsimm handoff` is told, by flag; what is absent was not given. */
export interface HandoffFlags {
  readonly gpus?: number;
  readonly nodes?: number;
  readonly host?: string;
  readonly epochs?: number;
  readonly dataDir?: string;
  readonly trainPy?: string;
  readonly json?: boolean;
}

const MACHINES = "Machines";
const RUN = "Run";

/** The flags of `tsimm handoff`. */
export const handoffFlags: Readonly<Record<keyof HandoffFlags, CommandFlag>> = {
  gpus: { type: "int", default: 1, min: 0, max: 1024, group: MACHINES, help: "GPUs of each machine, a process for each; 0: one process on the CPU" },
  nodes: { type: "int", default: 1, min: 1, max: 65_536, group: MACHINES, help: "machines" },
  host: { type: "string", default: null, group: MACHINES, help: "name or address of the first of several machines, perhaps with :port; absent: this one" },
  epochs: { type: "int", default: null, min: 1, group: RUN, help: "epochs of the whole run; absent: those of the run, or as many again where it is over" },
  dataDir: { type: "string", default: null, group: RUN, help: "image folder, if it is another one there; a .tar has to be unpacked for timm" },
  trainPy: { type: "string", default: "train.py", group: RUN, help: "timm's train.py" },
  json: { type: "flag", default: false, group: RUN, help: "print the command and what goes with it as JSON" },
};
