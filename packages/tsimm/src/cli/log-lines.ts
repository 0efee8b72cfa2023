/** Log lines of commands that train nothing, on stderr. */
import { printable } from "../text/printable.ts";

/** Writes a line. Names in it can hold control characters; only tabs are ours. */
export function info(line: string): void {
  process.stderr.write(`${line.split("\t").map(printable).join("\t")}\n`);
}

/** Writes a warning. */
export function warn(message: string): void {
  info(`WARNING: ${message}`);
}
