/** The files below a folder, through symbolic links too. */
import type { Dirent } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { naturalSortSet } from "../text/natural-sort.ts";
import { printable } from "../text/printable.ts";
import { isIgnoredName } from "./ignored-names.ts";
import { count, HIDDEN, type LeftOut, REPEATED, SPECIAL, UNNAMEABLE } from "./left-out.ts";

/** What lies below a folder: paths relative to it, with `/` between names, in no certain order. */
export interface FoundFiles {
  /** Regular files of every extension, and links that lead nowhere. */
  readonly paths: readonly string[];
  /** Folders, with those that hold nothing. */
  readonly folders: readonly string[];
  /** What is neither. */
  readonly leftOut: LeftOut;
}

/**
 * Lists the files below a folder. Hidden and system names are left out; each real folder is read once: under its own
 * name if it lies below the root, else under that of the first link to it in natural order.
 *
 * @param root - The folder.
 * @throws Error of the file system if a folder cannot be read; RangeError for a folder whose name is not UTF-8.
 */
export async function walkFolder(root: string): Promise<FoundFiles> {
  const paths: string[] = [];
  const folders: string[] = [];
  const leftOut = new Map<string, number>();
  const seen = new Set<string>();
  let links: string[] = [];
  const visit = async (path: string): Promise<void> => {
    const folder = join(root, path);
    const identity = await realpath(folder);
    if (seen.has(identity)) return count(leftOut, REPEATED);
    seen.add(identity);
    if (path !== "") folders.push(path);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      const kind = isIgnoredName(entry.name) ? "ignored" : await kindOf(entry, join(root, below));
      if (kind === "folder") await visit(below);
      else if (kind === "link to a folder") links.push(below);
      else if (kind === "file") paths.push(below);
      else count(leftOut, kind === "ignored" ? HIDDEN : kind === "special" ? SPECIAL : UNNAMEABLE);
    }
  };
  await visit("");
  while (links.length > 0) {
    const found = naturalSortSet(links);
    links = [];
    for (const link of found) await visit(link);
  }
  return { paths, folders, leftOut };
}

/** The error for a folder whose name is not UTF-8. */
export function brokenFolder(path: string): RangeError {
  return new RangeError(printable(`names of folders must be UTF-8, got "${path}"; rename it`));
}

async function kindOf(
  entry: Dirent,
  path: string,
): Promise<"folder" | "link to a folder" | "file" | "special" | "unnameable"> {
  // Bytes that are not UTF-8 are decoded to this character, and do not lead back to the file.
  if (entry.name.includes("\ufffd") && (await lstat(path).catch(() => null)) === null) {
    if (!entry.isDirectory()) return "unnameable";
    throw brokenFolder(path);
  }
  if (entry.isDirectory()) return "folder";
  if (entry.isFile()) return "file";
  if (!entry.isSymbolicLink()) return "special";
  const target = await stat(path).catch(() => null);
  if (target?.isDirectory()) return "link to a folder";
  return target === null || target.isFile() ? "file" : "special";
}
