/** Whether timm trains on the images of a run as the run did. */
import { stat } from "node:fs/promises";
import { listNames } from "../../text/list-names.ts";
import { printable } from "../../text/printable.ts";
import type { TrainArguments } from "../arguments.ts";
import { type TimmSplit, timmSplit } from "./timm-split.ts";

/** What became clear about the images. */
export interface JudgedImages {
  /** Why timm cannot train on them. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Whether timm numbers the classes as the run did only if it is told their list. */
  readonly needsClassMap: boolean;
  /** Training images that timm lists. */
  readonly images: number;
}

/** Arguments that name the images. */
export type ImageArguments = Pick<TrainArguments, "trainSplit" | "valSplit" | "classMap">;

/**
 * Looks at the folders as timm does.
 *
 * @param dataDir - The data set.
 * @param classNames - Classes of the run, by their ids.
 */
export async function judgeImages(
  dataDir: string,
  args: ImageArguments,
  classNames: readonly string[],
): Promise<JudgedImages> {
  const none = { warnings: [], needsClassMap: false, images: 0 };
  const isFolder = await stat(dataDir).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    const text = `the images are to be in "${printable(dataDir)}", which is no folder here; pass the folder with --data-dir`;
    return { ...none, problems: [text] };
  }
  const training = await timmSplit(dataDir, args.trainSplit);
  const validation = args.valSplit === "" ? null : await timmSplit(dataDir, args.valSplit);
  const splits = { training, ...(validation === null ? {} : { validation }) };
  const judged = Object.entries(splits).map(([name, split]) =>
    judge(name, split, { dataDir, args, classNames }),
  );
  const isSame = (labels: readonly string[]) => labels.join("\n") === classNames.join("\n");
  return {
    problems: judged.flatMap(({ problems }) => problems),
    warnings: judged.flatMap(({ warnings }) => warnings),
    needsClassMap:
      args.classMap !== "" ||
      Object.values(splits).some(({ labels, inHidden }) => inHidden > 0 || !isSame(labels)),
    images: training.images,
  };
}

function judge(
  name: string,
  { root, labels, images, leftOut, hidden }: TimmSplit,
  run: { readonly dataDir: string; readonly args: ImageArguments; readonly classNames: readonly string[] },
): Pick<JudgedImages, "problems" | "warnings"> {
  const where = printable(root);
  if (root === run.dataDir) {
    const text = `timm finds no ${name} folder in "${where}" and would take all of it for the ${name} images`;
    return { problems: [text], warnings: [] };
  }
  const known = new Set(run.classNames);
  // A class map leaves folders out on purpose.
  const unknown = run.args.classMap === "" ? labels.filter((label) => !known.has(label)) : [];
  const cure = "lay the images out as <split>/<class>/<image> and pass that folder with --data-dir";
  if (images === 0 || !labels.some((label) => known.has(label))) {
    const text = `timm finds no image of a class of the run in "${where}": it reads ${FORMATS} in folders that have the names of the classes; ${cure}`;
    return { problems: [text], warnings: [] };
  }
  return {
    problems:
      unknown.length === 0
        ? []
        : [
            `timm takes the folder that an image lies in for its class, and in "${where}" these are no classes of the run: ${printable(listNames(unknown.map((label) => label || "the folder itself")))}; ${cure}`,
          ],
    warnings: [
      ...(leftOut === 0
        ? []
        : [
            `timm reads ${FORMATS}: ${leftOut} of the ${leftOut + images} ${name} images are of other formats and left out`,
          ]),
      ...(hidden === 0
        ? []
        : [`timm takes hidden files for images: ${hidden} of them in "${where}"; remove them`]),
    ],
  };
}

const FORMATS = ".png, .jpg and .jpeg files only";
