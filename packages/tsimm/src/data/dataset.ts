/** Labelled images: what a data set is, and how one is opened. */
import { stat } from "node:fs/promises";
import { checkOptionNames } from "../option-names.ts";
import type { Label } from "../task/labels.ts";
import { printable } from "../text/printable.ts";
import { ByteReader, type ByteSource } from "./byte-source.ts";
import { readClassMap } from "./class-map.ts";
import { openImageFolder } from "./image-folder.ts";
import { labelFiles } from "./label-files.ts";
import { layout, type SplitFiles } from "./split-files.ts";
import { openTarFolder } from "./tar-folder.ts";

/** A sample of a data set. */
export interface Sample {
  /** Path of the image file, for people: on disk, or of an archive and inside it. */
  readonly path: string;
  /** Index into the class names. */
  readonly label: Label;
}

/** A set of labelled image files. */
export interface ImageDataset {
  /** Where the images come from, for people. */
  readonly description: string;
  /** Class n is called `classNames[n]`. */
  readonly classNames: readonly string[];
  readonly samples: readonly Sample[];
  /** Where the bytes of a sample's file are: what decoding threads read. */
  source(index: number): ByteSource;
  /** The bytes of a sample's file, undecoded. */
  read(index: number): Promise<Uint8Array>;
}

/** Options of {@link openDataset}. */
export interface OpenDatasetOptions {
  /** Root of the data set: a folder, or a `.tar` with the same tree. */
  readonly dataDir: string;
  /** Name of the split's folder, e.g. `train`; its synonyms count too. */
  readonly split: string;
  /** The classes of the training split, which validation uses; absent: those of this split's folders. */
  readonly classNames?: readonly string[] | undefined;
  /** Path of a text file whose line n names class n; images of other classes are left out. */
  readonly classMap?: string | undefined;
  /** Callback for files that are no images, counted by extension, and for which folders are taken as classes. */
  readonly onInfo?: ((message: string) => void) | undefined;
  /** Callback for folders that are merged and images that are left out. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

const optionNames: { readonly [K in keyof Required<OpenDatasetOptions>]: true } = {
  ...{ dataDir: true, split: true, classNames: true, classMap: true, onInfo: true, onWarning: true },
};

/**
 * Opens one split of an image folder, laid out as `<dataDir>/<split>/<class>/<image>`.
 *
 * The name of the folder that an image lies in is its class, or that of the top folder where every top folder has
 * sub-folders of images; classes are numbered in natural order (`c9 < c10 < Dog`), samples are in natural order of
 * their paths. Hidden and system names (`.DS_Store`, `@eaDir`, `Thumbs.db`) count neither as classes nor as images.
 *
 * @throws TypeError if `dataDir` or `split` is no text; RangeError if the folder, its split or its images are missing, or the classes do not fit; the
 * message shows the expected layout.
 * @example
 * const training = await openDataset({ dataDir: fashionMnistMini, split: "train" });
 * training.samples.length; // => 2000
 * training.classNames.slice(0, 3); // => ["bag", "boot", "coat"]
 * const { classNames } = training;
 * const validation = await openDataset({ dataDir: fashionMnistMini, split: "validation", classNames });
 * validation.samples.length; // => 500
 */
export async function openDataset(options: OpenDatasetOptions): Promise<ImageDataset> {
  checkOptionNames("openDataset", options, optionNames);
  const { dataDir, split, onInfo, onWarning } = options;
  for (const [name, value] of Object.entries({ dataDir, split })) {
    if (typeof value !== "string") throw new TypeError(`openDataset: ${name} must be text, got ${value}`);
  }
  const files = await openSplit(dataDir, split);
  const classMap = options.classMap ? await readClassMap(options.classMap, dataDir) : null;
  const labelled = labelFiles(files, {
    dataDir,
    classNames: classMap ?? options.classNames,
    skipUnknown: classMap !== null,
    onInfo,
    onWarning,
  });
  const sources = labelled.files.map(({ path }) => files.locate(path));
  const source = (index: number) => {
    const found = sources[index];
    if (found) return found;
    throw new RangeError(`ImageDataset: index must be an integer in 0 … ${sources.length - 1}, got ${index}`);
  };
  return {
    description: files.root,
    classNames: labelled.classNames,
    samples: labelled.files.map(({ path, label }) => ({ path: `${files.root}/${path}`, label })),
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

async function openSplit(dataDir: string, split: string): Promise<SplitFiles> {
  const stats = await stat(dataDir).catch(() => null);
  if (stats?.isDirectory()) return openImageFolder(dataDir, split);
  if (stats?.isFile() && dataDir.toLowerCase().endsWith(".tar")) return openTarFolder(dataDir, split);
  const advice = stats ? "unpack other archives first" : layout(dataDir);
  throw new RangeError(
    printable(
      `openDataset: dataDir must be a folder or a .tar file, got "${dataDir}"` +
        `${stats ? "" : ", which does not exist"}; ${advice}`,
    ),
  );
}
