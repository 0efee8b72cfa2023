/** The version of this package. */
import { readFileSync } from "node:fs";

/** Version of tsimm, e.g. `0.1.0`. */
export const version: string = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).version;
