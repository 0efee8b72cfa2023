/** One split (training, validation) of a data set as a list of files, whatever holds them. */
import { printable } from "../text/printable.ts";
import type { ByteSource } from "./byte-source.ts";
import type { FoundFiles } from "./walk-folder.ts";

/** The files of a split. */
export interface SplitFiles extends FoundFiles {
  /** The split's folder, for people: a path on disk, or of an archive and inside it. */
  readonly root: string;
  /** Where the bytes of one of `paths` are. */
  locate(path: string): ByteSource;
}

const SYNONYMS = [
  ["train", "training"],
  ["val", "valid", "validation", "eval", "evaluation"],
] as const;

/**
 * Folder names that stand for a split: the name itself, then timm's synonyms.
 *
 * @param split - The name asked for.
 * @example
 * splitNames("validation"); // => ["validation", "val", "valid", "eval", "evaluation"]
 * splitNames("test"); // => ["test"]
 * @see timm `timm/data/dataset_factory.py`, `_search_split`
 */
export function splitNames(split: string): string[] {
  const synonyms = SYNONYMS.find((names) => names.some((name) => name === split)) ?? [];
  return [...new Set([split, ...synonyms])];
}

/** Whether a name is that of a split of training, validation or test. */
export function isSplitName(name: string): boolean {
  return name === "test" || SYNONYMS.some((names) => names.some((each) => each === name));
}

/** The error for a data set without the split that was asked for. */
export class MissingSplitError extends RangeError {
  /** Names at the top of the data set, for people. */
  readonly found: string;

  /**
   * @param dataDir - What was searched.
   * @param split - The split asked for.
   * @param found - Names at the top of it.
   */
  constructor(dataDir: string, split: string, found: readonly string[]) {
    const [name, ...synonyms] = splitNames(split);
    const names = synonyms.length > 0 ? `"${name}" (or ${synonyms.join(", ")})` : `"${name}"`;
    const shown = found.length > 8 ? `${found.slice(0, 8).join(", ")}, …` : found.join(", ") || "nothing";
    super(
      printable(
        `openDataset: dataDir must hold a folder ${names}, got ${dataDir} with ${shown}; ${layout(dataDir)}`,
      ),
    );
    this.found = shown;
  }
}

/**
 * What to do about a folder that is laid out otherwise.
 *
 * @param dataDir - Root of the data set.
 */
export function layout(dataDir: string): string {
  const root = dataDir.replace(/[/\\]+$/, "");
  return `lay the images out as ${root}/train/<class>/<image>.jpg and ${root}/val/<class>/<image>.jpg`;
}
