/** What lies in a folder of images and is not read, in words. */
import { printable } from "../text/printable.ts";
import { extensionOf } from "./image-names.ts";

/** Counts by kind, an extension such as `.heic` or a noun in the singular. */
export type LeftOut = ReadonlyMap<string, number>;

/** Files and folders of an ignored name. */
export const HIDDEN = "hidden or system file";
/** Pipes, sockets and devices. */
export const SPECIAL = "special file";
/** Links to a folder that is read under another name, or that contains the link. */
export const REPEATED = "repeated link";
/** Links in an archive to a folder of it. */
export const FOLDER_LINK = "linked folder";
/** Links to what is not in the archive. */
export const DEAD_LINK = "dead link";
/** Names that the file system's functions cannot pass on. */
export const UNNAMEABLE = "non-UTF-8 name";

/** Kinds named one by one. */
const LISTED_KINDS = 12;

/** Adds to the count of a kind. */
export function count(leftOut: Map<string, number>, kind: string): void {
  leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
}

/**
 * Counts files by extension.
 *
 * @param paths - Files that are not read.
 * @param others - Counts to begin with.
 */
export function countExtensions(paths: Iterable<string>, others: LeftOut = new Map()): LeftOut {
  const leftOut = new Map(others);
  for (const path of paths) count(leftOut, extensionOf(path) || "extensionless file");
  return leftOut;
}

/**
 * The counts in words, e.g. `12 .heic, 3 .txt, 40 hidden or system files`; empty for nothing.
 *
 * @param leftOut - Counts by kind.
 */
export function describeLeftOut(leftOut: LeftOut): string {
  const rank = (kind: string) => (kind.startsWith(".") ? 0 : 1);
  const kinds = [...leftOut].sort(([a, m], [b, n]) => rank(a) - rank(b) || n - m || (a < b ? -1 : 1));
  const shown = kinds
    .slice(0, LISTED_KINDS)
    .map(([kind, n]) => `${n} ${printable(kind)}${n > 1 && rank(kind) === 1 ? "s" : ""}`);
  const rest = kinds.slice(LISTED_KINDS).reduce((sum, [, n]) => sum + n, 0);
  return [...shown, ...(rest > 0 ? [`${rest} others`] : [])].join(", ");
}
