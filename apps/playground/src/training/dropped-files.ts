/** Files that are dropped on a page or chosen in it, with the folders that they lie in. */

/** A file and its class. */
export interface NamedFile {
  readonly file: File;
  /** Path with `/` between names. */
  readonly path: string;
  /** Name of the folder that it lies in; null: none. */
  readonly folder: string | null;
}

/** Files of an `<input type="file">`, also of one for folders. */
export function chosenFiles(files: Iterable<File>): NamedFile[] {
  return visible([...files].map((file) => named(file, file.webkitRelativePath || file.name)));
}

/** Files of a drop, those in its folders too. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<NamedFile[]> {
  // The list is empty after the first turn of the event loop.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosenFiles(files);
  const found = await Promise.all(entries.map(filesOf));
  return visible(found.flat());
}

async function filesOf(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [named(file, entry.fullPath.replace(/^\//, ""))];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found: NamedFile[] = [];
  // A reader gives some entries at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map(filesOf))).flat());
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function named(file: File, path: string): NamedFile {
  return { file, path, folder: path.split("/").at(-2) ?? null };
}

/** In the order of their paths, without what systems leave beside images. */
function visible(files: readonly NamedFile[]): NamedFile[] {
  return files
    .filter(
      ({ path }) => !path.split("/").some((name) => /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i.test(name)),
    )
    .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}
