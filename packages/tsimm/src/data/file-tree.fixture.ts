/** Temporary folders and archives for tests. */
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { onTestFinished } from "vitest";

/** File contents by path relative to the root. */
export type FileTree = Readonly<Record<string, string | Uint8Array>>;

/** Makes an empty folder that the end of the test removes. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a tree into a temporary folder. */
export async function writeTree(tree: FileTree): Promise<string> {
  const root = await temporaryFolder();
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** Writes a tree into a `.tar` in a temporary folder. */
export async function writeTar(
  tree: FileTree,
  links: Readonly<Record<string, string>> = {},
): Promise<string> {
  const archive = join(await temporaryFolder(), "images.tar");
  const entries = pack();
  for (const [name, content] of Object.entries(tree)) entries.entry({ name }, Buffer.from(content));
  for (const [name, linkname] of Object.entries(links)) entries.entry({ name, type: "link", linkname });
  entries.finalize();
  await pipeline(entries, createWriteStream(archive));
  return archive;
}
