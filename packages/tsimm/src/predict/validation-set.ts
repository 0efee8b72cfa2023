/** The images that a trained model is validated on, with its classes. */
import { type ImageDataset, type OpenDatasetOptions, openDataset } from "../data/dataset.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";

/** Options of {@link openValidationSet}. */
export interface ValidationSetOptions extends Omit<OpenDatasetOptions, "classNames" | "source"> {
  /** Names of the model's classes or outputs; null: it does not say, those of the folder count. */
  readonly classNames: readonly string[] | null;
  /** Outputs of the model. */
  readonly outputs: number;
}

/** Split that may hold images of classes that the validation split has none of. */
const TRAINING = "train";

/**
 * Opens a split of images with the class ids of a model. The classes of the folder, all splits together, must be those of
 * the model.
 *
 * @param where - Command named in errors.
 * @throws UsageError with both lists if they differ; RangeError if the images cannot be opened.
 */
export async function openValidationSet(
  where: string,
  { classNames: expected, outputs, ...options }: ValidationSetOptions,
): Promise<ImageDataset> {
  const own = await openDataset(options);
  if (expected === null) {
    if (own.classNames.length === outputs) return own;
    throw new UsageError(
      printable(
        `${where}: the data must have the ${outputs} classes of the model, got ${own.classNames.length}: ${listed(own.classNames)}; --num-classes is for models with more outputs`,
      ),
    );
  }
  if (isSame(own.classNames, expected)) return own;
  const found = new Set([...own.classNames, ...(await trainingClasses(options))]);
  if (found.size !== expected.length || expected.some((name) => !found.has(name))) {
    throw new UsageError(
      printable(
        `${where}: the data must have the checkpoint's classes [${listed(expected)}], got [${listed([...found])}]`,
      ),
    );
  }
  return await openDataset({ ...options, classNames: expected });
}

/** Classes of the training images beside; none where there are none. */
async function trainingClasses(options: OpenDatasetOptions): Promise<readonly string[]> {
  const { onInfo: _, onWarning: __, ...quiet } = options;
  if (options.split === TRAINING) return [];
  return await openDataset({ ...quiet, split: TRAINING }).then(
    ({ classNames }) => classNames,
    () => [],
  );
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

/** Names that an error lists; of very many the first ones. */
function listed(names: readonly string[]): string {
  const most = 100;
  return names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most).join(", ")}, … ${names.length} in all`;
}
