/** The files of a split of a folder inside an uncompressed `.tar`. */
import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import type { ByteSource } from "./byte-source.ts";
import { missingSplit, type SplitFiles, splitNames } from "./split-files.ts";

/** Bytes of the header block before each entry's content. */
const HEADER_LENGTH = 512;

/**
 * Lists the files of a split. The archive is read once, as a stream, to find where each file lies in it; a
 * top-level folder around the splits is looked through.
 *
 * @param archive - Path of a `.tar`.
 * @param split - Name of the split's folder; timm's synonyms count too.
 * @throws RangeError if there is no such folder, Error if the file is no tar archive or ends too early.
 */
export async function openTarFolder(archive: string, split: string): Promise<SplitFiles> {
  const index = await indexTar(archive);
  const prefix = findSplit(archive, split, [...index.keys()]);
  const paths = [...index.keys()]
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length));
  return {
    root: `${archive}/${prefix.slice(0, -1)}`,
    paths,
    locate(path) {
      const source = index.get(prefix + path);
      if (!source) throw new RangeError(`openTarFolder: path must be one of paths, got "${path}"`);
      return source;
    },
  };
}

function findSplit(archive: string, split: string, paths: readonly string[]): string {
  const tops = [...new Set(paths.map((path) => path.split("/", 1).join()))];
  for (const parents of [[""], tops.map((top) => `${top}/`)]) {
    for (const name of splitNames(split)) {
      const [found, ...others] = parents
        .map((parent) => `${parent}${name}/`)
        .filter((prefix) => paths.some((path) => path.startsWith(prefix)));
      if (found !== undefined && others.length === 0) return found;
    }
  }
  throw missingSplit(archive, split, tops.sort());
}

async function indexTar(archive: string): Promise<Map<string, ByteSource>> {
  const index = new Map<string, ByteSource>();
  const links: { readonly path: string; readonly target: string }[] = [];
  const entries = extract();
  entries.on("entry", (header, content, next) => {
    const path = posix.normalize(header.name);
    const { type, linkname } = header;
    if (type === "file" || type === "contiguous-file") {
      index.set(path, {
        file: archive,
        range: { offset: content.offset + HEADER_LENGTH, length: header.size },
      });
    } else if (type === "link" && linkname) {
      links.push({ path, target: posix.normalize(linkname) });
    } else if (type === "symlink" && linkname) {
      links.push({ path, target: posix.join(posix.dirname(path), linkname) });
    }
    content.on("end", next);
    content.on("error", () => {}); // the archive fails with the same error
    content.resume();
  });
  try {
    await pipeline(createReadStream(archive, { highWaterMark: 1 << 20 }), entries);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`openDataset: dataDir must be a whole .tar archive, got ${archive}: ${reason}`, {
      cause,
    });
  }
  for (const { path, target } of links) {
    const source = index.get(target);
    if (source) index.set(path, source);
  }
  return index;
}
