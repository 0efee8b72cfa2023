/** Tells people what a run has left, many checkpoint files on one line. */

const TABLE = "the same as a table";

/** Files, with a description; of a run that classifies the second one, where there are two. */
const DESCRIPTIONS: readonly (readonly [RegExp, string, string?])[] = [
  [/^report\.html$/, "all of it on one page"],
  [/^lr\.(svg|png)$/, "the schedule"],
  [/^curves\.(svg|png)$/, "losses, metrics and learning rate", "losses, accuracies and learning rate"],
  [/^summary\.csv$/, TABLE],
  [/^metrics\.jsonl$/, "the same as a line of JSON for each epoch"],
  [/^events\.out\.tfevents\./, "curves for tensorboard --logdir"],
  [/^per-class\.csv$/, "the metric of each class or output in the best epoch"],
  [/^args\.yaml$/, "every flag; -c args.yaml repeats the run"],
  [/^classes\.txt$/, "names of the classes or outputs", "class names"],
  [/^model\.onnx$/, "best weights for any ONNX runtime"],
  [/^original\.onnx$/, "the file that the model is made of; the weights need it"],
  [/^sample\./, "an image of the data set"],
  [/^model_best\./, "best weights, and what is needed to go on from them"],
  [/^last\./, "newest weights, and what is needed to go on"],
  [/^checkpoint-/, "the best epochs"],
  [/^recovery-/, "where the run was stopped"],
];

/** Files of one kind. */
export interface DescribedFiles {
  readonly names: readonly string[];
  readonly description: string;
}

/**
 * Groups the files of a run and says what they are; others are left out.
 *
 * @param files - Names in a run's folder.
 * @param classifies - Whether the run is one of a classifier.
 * @example
 * describeFiles(["lr.png"], true); // => [{ names: ["lr.png"], description: "the schedule" }]
 */
export function describeFiles(files: readonly string[], classifies: boolean): DescribedFiles[] {
  return DESCRIPTIONS.flatMap(([pattern, ofAny, ofClasses = ofAny]) => {
    const names = files.filter((name) => pattern.test(name));
    const description = classifies ? ofClasses : ofAny;
    // Timm draws no curves.
    const isAlone = description === TABLE && !files.some((name) => name.startsWith("curves."));
    return names.length === 0
      ? []
      : [{ names, description: isAlone ? "numbers of each epoch" : description }];
  });
}

/**
 * Lines for people, e.g. `  curves.png, curves.svg  losses, accuracies and learning rate`.
 *
 * @param files - Names in a run's folder.
 * @param classifies - Whether the run is one of a classifier.
 * @example
 * writtenFiles(["lr.png", "lr.svg"], true); // => ["  lr.png, lr.svg  the schedule"]
 */
export function writtenFiles(files: readonly string[], classifies: boolean): string[] {
  const rows = describeFiles(files, classifies).map(
    ({ names, description }) => [shorten(names), description] as const,
  );
  const width = Math.max(0, ...rows.map(([names]) => names.length));
  return rows.map(([names, description]) => `  ${names.padEnd(width)}  ${description}`);
}

function shorten(names: readonly string[]): string {
  if (names.length > 1 && names.every((name) => name.startsWith("events."))) {
    return `events.out.tfevents.* (${names.length} files)`;
  }
  if (names.length <= 3) return names.join(", ");
  const role = names[0]?.split(/[-.]/)[0];
  return `${role}-*.safetensors (${names.length} files)`;
}
