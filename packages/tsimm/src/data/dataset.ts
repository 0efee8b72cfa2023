/** Opens a set of labelled images with its source. */
import { stat } from "node:fs/promises";
import { checkOptionNames } from "../option-names.ts";
import { printable } from "../text/printable.ts";
import { checkDataset, type ImageDataset, type LabelKind } from "./image-dataset.ts";
import type { DataPlace, OpenDatasetOptions, SourceDefinition } from "./sources/source.ts";
import { sources } from "./sources/sources.ts";
import { layout } from "./split-files.ts";

export type { ImageDataset, LabelKind, Sample } from "./image-dataset.ts";
export type { OpenDatasetOptions } from "./sources/source.ts";

const optionNames: { readonly [K in keyof Required<OpenDatasetOptions>]: true } = {
  ...{ dataDir: true, split: true, source: true, labels: true, classNames: true, classMap: true },
  ...{ imageColumn: true, labelColumns: true, splitColumn: true, labelSeparator: true },
  ...{ onInfo: true, onWarning: true },
};

const LABEL_KINDS: readonly LabelKind[] = ["class", "multi", "number"];

/**
 * Opens one split of a set of labelled images.
 *
 * An image folder is laid out as `<dataDir>/<split>/<class>/<image>`. The name of the folder that an image lies in is
 * its class, or that of the top folder where every top folder has sub-folders of images; classes are numbered in natural
 * order (`c9 < c10 < Dog`), samples are in natural order of their paths. Hidden and system names (`.DS_Store`, `@eaDir`,
 * `Thumbs.db`) count neither as classes nor as images. A `.tar` holds the same tree.
 *
 * A CSV has a header row and a row for each image: its path, relative to the folder of the CSV, and its labels. Its
 * splits are files of their names (`train.csv`, `validation.csv`: give the folder or one of them), or values of a column
 * `split`. `labels` is the kind of the labels: `class`, the name of a class; `multi`, names of classes in one column
 * (`cat|dog`), or a column of 0 and 1 for each class; `number`, one or more columns of numbers.
 *
 * Other sources can be added: {@link registerSource}.
 *
 * @throws TypeError if `dataDir` or `split` is no text; RangeError if the folder, its split or its images are missing, or
 * the classes do not fit; the message shows the expected layout.
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
  const { dataDir, split, source, labels = "class" } = options;
  for (const [name, value] of Object.entries({ dataDir, split })) {
    if (typeof value !== "string") throw new TypeError(`openDataset: ${name} must be text, got ${value}`);
  }
  if (!LABEL_KINDS.includes(labels)) {
    throw new RangeError(`openDataset: labels must be one of ${LABEL_KINDS.join(", ")}, got "${labels}"`);
  }
  const definition =
    source === undefined ? await recognised(dataDir, split) : sources.find("openDataset", source);
  const dataset = await definition.open(options);
  checkDataset(`openDataset: source "${definition.name}"`, dataset);
  return dataset;
}

/** The source that opens what was given: of several the one that was registered last. */
async function recognised(dataDir: string, split: string): Promise<SourceDefinition> {
  const stats = await stat(dataDir).catch(() => null);
  const kind = stats?.isDirectory() ? "folder" : stats?.isFile() ? "file" : stats ? "other" : null;
  const place: DataPlace = { dataDir, split, kind };
  for (const definition of sources.definitions().reverse()) {
    if (await definition.recognises(place)) return definition;
  }
  const advice = stats ? "unpack other archives first" : layout(dataDir);
  throw new RangeError(
    printable(
      `openDataset: dataDir must be a folder, a .tar or a .csv file, got "${dataDir}"` +
        `${stats ? "" : ", which does not exist"}; ${advice}`,
    ),
  );
}
