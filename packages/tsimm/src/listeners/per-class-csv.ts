/** `per-class.csv`: the metric of each class or output in the best epoch. */
import { join } from "node:path";
import { removeFile, updateFile } from "../files/write-file.ts";
import type { OutputMetric } from "../task/task.ts";
import { csvText } from "../text/csv-text.ts";
import type { Listener } from "../train/listener.ts";

/** Options of {@link perClassListener}. */
export interface PerClassOptions {
  /** Called with the name of the file if it was not there as it should be. */
  onWrite?(name: string): void;
}

const FILE = "per-class.csv";

/**
 * Writes `per-class.csv` when a run has finished, and removes an older one if there is nothing to write.
 *
 * @param folder - An existing folder.
 * @example
 * import { readFileSync } from "node:fs";
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0.9 }, model);
 * const task = classification.create({ outputNames: ["cat", "dog"] });
 * const images = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, (_, i) => i % 251);
 * const data = { images, labels: [0, 1, 0, 1], inputSize: [3, 32, 32], batchSize: 4 } as const;
 * const loader = arrayLoader({ ...data, training: true });
 * const validation = arrayLoader({ ...data, training: false });
 * const run = { engine: await createEngine(), model, optimizer, loader, validation, task };
 * await fit({ ...run, epochs: 1, listeners: [perClassListener(".")] });
 * const [header, ...rows] = readFileSync("per-class.csv", "utf8").trim().split("\r\n");
 * header; // => "name,images,accuracy"
 * rows.map((row) => row.split(",", 2).join()); // => ["cat,2", "dog,2"]
 */
export function perClassListener(folder: string, { onWrite = () => {} }: PerClassOptions = {}): Listener {
  let metric: string | null = null;
  return {
    name: FILE,
    async on(event) {
      if (event.type === "runStarted") metric = event.outputMetric?.name ?? null;
      if (event.type !== "runEnded" || event.outcome !== "finished") return;
      const path = join(folder, FILE);
      if (metric === null || event.byOutput.length === 0) await removeFile(path);
      else if (await updateFile(path, perClassCsv(event.byOutput, metric))) onWrite(FILE);
    },
  };
}

/**
 * The whole file as RFC 4180 has it: CRLF, names with commas, quotes or line breaks in quotes.
 *
 * @param rows - A class or output each.
 * @param metric - Name of the metric, for the header.
 * @example
 * const rows = [{ label: "cat", images: 4, value: 75 }, { label: 'a "dog", wet', images: 3, value: 100 / 3 }];
 * perClassCsv(rows, "accuracy"); // => 'name,images,accuracy\r\ncat,4,75\r\n"a ""dog"", wet",3,33.333333333333336\r\n'
 */
export function perClassCsv(rows: readonly OutputMetric[], metric: string): string {
  return csvText([
    ["name", "images", metric],
    ...rows.map(({ label, images, value }) => [label, images, value]),
  ]);
}
