/**
 * The cache of a hub's files as Python's huggingface_hub lays it out, so that either finds what the other has fetched:
 * `models--<owner>--<name>/blobs/<etag>`, `refs/<revision>` with a commit, and links
 * `snapshots/<commit>/<file> -> ../../blobs/<etag>`.
 */
import { mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { writeFileWhole } from "../../files/write-file.ts";
import type { Repository } from "./repository.ts";

/** Folder of a repository. */
export function repositoryFolder(cacheFolder: string, { id }: Pick<Repository, "id">): string {
  return join(cacheFolder, ["models", ...id.split("/")].join("--"));
}

/**
 * Finds a file of a repository that is in the cache.
 *
 * @returns Its path; null: it is not there.
 */
export async function cachedFile(folder: string, revision: string, file: string): Promise<string | null> {
  for (const commit of await commitsOf(folder, revision)) {
    const path = snapshotFile(folder, commit, file);
    if (await isFile(path)) return path;
  }
  return null;
}

/** Path at which {@link cachedFile} would find a file that a person puts there. */
export async function placeForFile(folder: string, revision: string, file: string): Promise<string> {
  const [commit = revision] = await commitsOf(folder, revision);
  return snapshotFile(folder, commit, file);
}

/** Path of a file at a commit. */
export function snapshotFile(folder: string, commit: string, file: string): string {
  return join(folder, "snapshots", commit, file);
}

/** The commit that is noted for a revision, and the revision itself: a commit, or a folder made by hand. */
async function commitsOf(folder: string, revision: string): Promise<string[]> {
  const noted = await readFile(join(folder, "refs", revision), "utf8").catch(() => "");
  return /^[0-9a-f]{40}$/.test(noted.trim()) ? [noted.trim(), revision] : [revision];
}

/** Notes the commit of a branch or tag. */
export async function noteCommit(folder: string, revision: string, commit: string): Promise<void> {
  if (revision === commit) return;
  const path = join(folder, "refs", revision);
  if ((await readFile(path, "utf8").catch(() => "")) === commit) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFileWhole(path, commit);
}

/**
 * Gives the bytes of a blob a name in a snapshot: a link, or the file itself where links are not allowed.
 *
 * @returns Path of that name.
 */
export async function linkSnapshot(
  folder: string,
  { etag, commit }: { readonly etag: string; readonly commit: string },
  file: string,
): Promise<string> {
  const path = snapshotFile(folder, commit, file);
  if (await isFile(path)) return path;
  const blob = join(folder, "blobs", etag);
  await mkdir(dirname(path), { recursive: true });
  // A link to a blob that is gone.
  await rm(path, { force: true });
  try {
    await symlink(relative(dirname(path), blob), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return path;
    await rename(blob, path);
  }
  return path;
}

/** Whether there is a regular file, perhaps behind a link. */
export async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
