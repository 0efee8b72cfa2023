/** The definition of a source of labelled images. */
import { checkIsDefinition } from "../../registry.ts";
import type { ImageDataset, LabelKind } from "../image-dataset.ts";

/** Options of {@link openDataset}. */
export interface OpenDatasetOptions {
  /**
   * Place of the images: a folder, a `.tar` with the same tree, a `.csv` that lists them, or what a registered source
   * recognises.
   */
  readonly dataDir: string;
  /** Name of the split, e.g. `train`: of its folder, its CSV file, or its value in a column; its synonyms count too. */
  readonly split: string;
  /** Name of a source; absent: the one that recognises `dataDir`. */
  readonly source?: string | undefined;
  /** Kind of the labels; default `class`. The others are read from a CSV. */
  readonly labels?: LabelKind | undefined;
  /**
   * The classes of the training split, or its outputs, which validation uses; absent: those of this split's folders or
   * labels.
   */
  readonly classNames?: readonly string[] | undefined;
  /** Path of a text file whose line n names class n; images of other classes are left out. */
  readonly classMap?: string | undefined;
  /** CSV: column of the images' paths; absent: the first called path, image, file or the like. */
  readonly imageColumn?: string | undefined;
  /** CSV: columns of the labels; absent: the column `label`, or all that are left. */
  readonly labelColumns?: readonly string[] | undefined;
  /** CSV: column of the split's name; absent: `split`, if there is one. */
  readonly splitColumn?: string | undefined;
  /**
   * CSV: separator of the labels in a cell; absent: `|` where the column has one anywhere, else `;` where it has one,
   * else blanks.
   */
  readonly labelSeparator?: string | undefined;
  /** Callback for files that are no images, counted by extension, and for which folders or columns are taken. */
  readonly onInfo?: ((message: string) => void) | undefined;
  /** Callback for folders that are merged and images that are left out. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** A place that a source may recognise. */
export interface DataPlace {
  /** As given. */
  readonly dataDir: string;
  /** The split that is asked for. */
  readonly split: string;
  /** Kind of the entry on disk; null: there is none. */
  readonly kind: "folder" | "file" | "other" | null;
}

/** A kind of place that holds labelled images. */
export interface SourceDefinition {
  /** Name, as the option `source` takes it. */
  readonly name: string;
  /** Whether this source opens what was given. */
  recognises(place: DataPlace): boolean | Promise<boolean>;
  /**
   * Opens one split.
   *
   * @param options - Options of {@link openDataset}, checked; `dataDir` is what this source recognises, unless it is
   * asked for by name.
   */
  open(options: OpenDatasetOptions): Promise<ImageDataset>;
}

/**
 * Defines a source; {@link registerSource} makes {@link openDataset} know it.
 *
 * @param definition - Name, what it recognises, and how it opens a split.
 * @returns The definition.
 * @throws TypeError if a part of it is missing.
 * @example
 * const letters = defineSource({
 *   name: "letters",
 *   recognises: ({ dataDir }) => dataDir.startsWith("letters:"),
 *   async open({ dataDir }) {
 *     const classNames = [...dataDir.slice("letters:".length)];
 *     const image = { width: 1, height: 1, channels: 1, data: new Uint8Array(1) };
 *     return memoryDataset({ images: classNames.map(() => image), labels: [...classNames.keys()], classNames });
 *   },
 * });
 * registerSource(letters);
 * const { classNames } = await openDataset({ dataDir: "letters:xyz", split: "train" });
 * classNames; // => ["x", "y", "z"]
 */
export function defineSource(definition: SourceDefinition): SourceDefinition {
  checkIsDefinition("defineSource", definition);
  const { name } = definition;
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`defineSource: name must be text that is not empty, got ${JSON.stringify(name)}`);
  }
  for (const part of ["recognises", "open"] as const) {
    if (typeof definition[part] === "function") continue;
    throw new TypeError(
      `defineSource: ${part} of "${name}" must be a function, got ${JSON.stringify(definition[part])}`,
    );
  }
  return definition;
}
