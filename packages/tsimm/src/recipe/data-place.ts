/** Where the images of a run are. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** `scheme:` and more; one letter before a colon is a drive. */
const ADDRESS = /^[a-z][a-z\d+.-]+:/i;

/**
 * Whether `--data-dir` is no path but an address that a registered source recognises, e.g. `bucket:photos`.
 *
 * @param dataDir - As given.
 */
export function isAddress(dataDir: string): boolean {
  return ADDRESS.test(dataDir) && !existsSync(dataDir);
}

/** An absolute path, or an address as it is. */
export function absolutePlace(dataDir: string): string {
  return isAddress(dataDir) ? dataDir : resolve(dataDir);
}
