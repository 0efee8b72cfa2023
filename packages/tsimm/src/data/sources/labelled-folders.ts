/** A data set whose classes are the folders that its images lie in. */
import { ByteReader, type ByteSource } from "../byte-source.ts";
import { readClassMap } from "../class-map.ts";
import type { ImageDataset } from "../image-dataset.ts";
import { labelFiles } from "../label-files.ts";
import type { SplitFiles } from "../split-files.ts";
import type { OpenDatasetOptions } from "./source.ts";

/** Options of a CSV, which folders have no use for. */
const CSV_OPTIONS = ["imageColumn", "labelColumns", "splitColumn", "labelSeparator"] as const;

/**
 * Makes the data set of the files of a split.
 *
 * @param openFiles - Lists the files of the split.
 * @param options - Options of {@link openDataset}.
 * @throws RangeError if an option asks for other labels than folders give, or the classes do not fit.
 */
export async function labelledFolders(
  openFiles: (dataDir: string, split: string) => Promise<SplitFiles>,
  options: OpenDatasetOptions,
): Promise<ImageDataset> {
  const { dataDir, split, onInfo, onWarning } = options;
  refuseCsvOptions(options);
  const files = await openFiles(dataDir, split);
  const classMap = options.classMap ? await readClassMap(options.classMap, dataDir) : null;
  const labelled = labelFiles(files, {
    dataDir,
    classNames: classMap ?? options.classNames,
    skipUnknown: classMap !== null,
    onInfo,
    onWarning,
  });
  const samples = labelled.files.map(({ path, label }) => ({ path: `${files.root}/${path}`, label }));
  const places = labelled.files.map(({ path }) => files.locate(path));
  return {
    description: files.root,
    classNames: labelled.classNames,
    labelKind: "class",
    samples,
    ...fileAccess(samples.length, (index) => places[index]),
  };
}

/**
 * The reading half of a data set of files.
 *
 * @param count - Number of samples.
 * @param locate - Place of a sample's file; undefined for an index out of range.
 * @returns Functions that throw RangeError for such an index.
 */
export function fileAccess(
  count: number,
  locate: (index: number) => ByteSource | undefined,
): Required<Pick<ImageDataset, "source" | "read">> {
  const source = (index: number): ByteSource => {
    const found = locate(index);
    if (found) return found;
    throw new RangeError(`ImageDataset: index must be an integer in 0 … ${count - 1}, got ${index}`);
  };
  return {
    source,
    async read(index) {
      const reader = new ByteReader();
      try {
        return reader.read(source(index));
      } finally {
        reader.close();
      }
    },
  };
}

function refuseCsvOptions(options: OpenDatasetOptions): void {
  const { labels = "class" } = options;
  if (labels !== "class") {
    throw new RangeError(
      `openDataset: labels must be class for images in class folders, got "${labels}"; ` +
        "list the images and their labels in a .csv file and give that as dataDir",
    );
  }
  for (const name of CSV_OPTIONS) {
    if (options[name] === undefined) continue;
    throw new RangeError(
      `openDataset: ${name} must be absent for images in class folders, got ${JSON.stringify(options[name])}; ` +
        "it is of a .csv file",
    );
  }
}
