/** The files of a split of a folder inside an uncompressed `.tar`. */
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { openRegularFile } from "../files/read-file.ts";
import { printable } from "../text/printable.ts";
import type { ByteSource } from "./byte-source.ts";
import { isIgnoredName } from "./ignored-names.ts";
import { count, DEAD_LINK, FOLDER_LINK, HIDDEN, SPECIAL, UNNAMEABLE } from "./left-out.ts";
import { MissingSplitError, type SplitFiles, splitNames } from "./split-files.ts";
import { brokenFolder } from "./walk-folder.ts";

/** Bytes of the header block before each entry's content. */
const HEADER_LENGTH = 512;

/** What a tar holds, by paths inside it. */
interface TarIndex {
  readonly files: ReadonlyMap<string, ByteSource>;
  readonly folders: ReadonlySet<string>;
  /** Links whose target is not in the archive, and the kinds of entries that are never read. */
  readonly others: ReadonlyMap<string, string>;
}

/**
 * Lists the files of a split, without hidden and system names. The archive is read once, as a stream, to find where
 * each file lies in it; a top-level folder around the splits is looked through.
 *
 * @param archive - Path of a `.tar`.
 * @param split - Name of the split's folder; timm's synonyms count too.
 * @throws RangeError if there is no such folder, Error if the file is no tar archive or ends too early.
 */
export async function openTarFolder(archive: string, split: string): Promise<SplitFiles> {
  const { files, folders, others } = await indexTar(archive);
  const prefix = findSplit(archive, split, folders, files.keys());
  const ignored = new Set<string>();
  const below = (path: string): string[] => {
    if (!path.startsWith(prefix)) return [];
    const names = path.slice(prefix.length).split("/");
    const at = names.findIndex(isIgnoredName);
    if (at < 0) return [names.join("/")];
    ignored.add(names.slice(0, at + 1).join("/"));
    return [];
  };
  const leftOut = new Map<string, number>();
  const found = {
    paths: [...files.keys()].flatMap(below).filter((path) => {
      if (!isBroken(posix.basename(path))) return true;
      count(leftOut, UNNAMEABLE);
      return false;
    }),
    folders: [...folders].flatMap(below),
  };
  const broken = found.folders.find(isBroken);
  if (broken !== undefined) throw brokenFolder(`${archive}/${prefix}${broken}`);
  for (const [path, kind] of others) if (below(path).length > 0) count(leftOut, kind);
  if (ignored.size > 0) leftOut.set(HIDDEN, ignored.size);
  return {
    root: `${archive}/${prefix.slice(0, -1)}`,
    ...found,
    leftOut,
    locate(path) {
      const source = files.get(prefix + path);
      if (!source) throw new RangeError(`openTarFolder: path must be one of paths, got "${printable(path)}"`);
      return source;
    },
  };
}

/** Bytes that are not UTF-8 are decoded to this character, by which different names become one. */
function isBroken(name: string): boolean {
  return name.includes("\ufffd");
}

function findSplit(
  archive: string,
  split: string,
  folders: ReadonlySet<string>,
  files: Iterable<string>,
): string {
  const tops = [...new Set([...folders, ...files].map((path) => path.split("/", 1).join()))].filter(
    (name) => !isIgnoredName(name),
  );
  for (const parents of [[""], tops.map((top) => `${top}/`)]) {
    for (const name of splitNames(split)) {
      const [found, ...others] = parents.map((parent) => parent + name).filter((path) => folders.has(path));
      if (found !== undefined && others.length === 0) return `${found}/`;
    }
  }
  throw new MissingSplitError(archive, split, tops.sort());
}

async function indexTar(archive: string): Promise<TarIndex> {
  const files = new Map<string, ByteSource>();
  const folders = new Set<string>();
  const others = new Map<string, string>();
  const links = new Map<string, string>();
  const entries = extract();
  entries.on("entry", (header, content, next) => {
    const path = posix.normalize(header.name);
    const { type, linkname, size } = header;
    content.on("error", () => {}); // the archive fails with the same error
    if (!Number.isSafeInteger(size)) {
      entries.destroy(new Error("Invalid size in a header"));
      return;
    }
    if (type === "file" || type === "contiguous-file") {
      links.delete(path);
      files.set(path, {
        file: archive,
        range: { offset: content.offset + HEADER_LENGTH, length: size },
      });
    } else if (type === "link" && linkname) links.set(path, posix.normalize(linkname));
    else if (type === "symlink" && linkname) links.set(path, posix.join(posix.dirname(path), linkname));
    else if (type === "directory") addFolders(folders, path.replace(/\/$/, ""));
    else others.set(path, SPECIAL);
    // The content of a folder whose header has a size never ends.
    if (type === "directory") next();
    else content.on("end", next);
    content.resume();
  });
  try {
    const file = await openRegularFile(archive);
    await pipeline(file.createReadStream({ highWaterMark: 1 << 20 }), entries);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      printable(`openDataset: dataDir must be a whole .tar archive, got ${archive}: ${reason}`),
      { cause },
    );
  }
  for (const path of files.keys()) addFolders(folders, posix.dirname(path));
  for (const path of links.keys()) {
    const target = followed(path, links);
    const source = files.get(target);
    if (source) {
      files.set(path, source);
      addFolders(folders, posix.dirname(path));
    } else others.set(path, folders.has(target.replace(/\/$/, "")) ? FOLDER_LINK : DEAD_LINK);
  }
  return { files, folders, others };
}

/** Where a chain of links ends; a loop ends anywhere in it. */
function followed(path: string, links: ReadonlyMap<string, string>): string {
  const passed = new Set<string>();
  let place = path;
  while (!passed.has(place)) {
    passed.add(place);
    place = links.get(place) ?? place;
  }
  return place;
}

/** Adds a folder and those that it lies in. */
function addFolders(folders: Set<string>, path: string): void {
  for (let folder = path; folder !== "." && !folders.has(folder); folder = posix.dirname(folder)) {
    folders.add(folder);
    if (folder === "/") break;
  }
}
