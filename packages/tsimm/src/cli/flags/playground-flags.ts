/** The flags of `tsimm playground` beside those of a schedule. */
import type { CommandFlag } from "../flag-options.ts";

/** What `tsimm playground` is told, by flag; what is absent was not given. */
export interface PlaygroundFlags {
  readonly port?: number;
}

/** The flags of `tsimm playground` beside those of a schedule. */
export const playgroundFlags: Readonly<Record<keyof PlaygroundFlags, CommandFlag>> = {
  port: { type: "int", default: null, min: 0, max: 65535, group: "Playground", help: "port to listen on; 0: any free one; absent: 5180, or the next free one" },
};
