/** Command-line options that the scripts share. */
import { parseArgs } from "node:util";

/** Reads `--model`, `--batch-size`, `--size`, `--threads`, `--rounds`, `--steps` and `--no-tune`. */
export function readOptions() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      model: { type: "string", default: "resnet18" },
      "batch-size": { type: "string", default: "16" },
      size: { type: "string", default: "160" },
      threads: { type: "string", default: "2" },
      rounds: { type: "string", default: "10" },
      steps: { type: "string", default: "50" },
      tune: { type: "boolean", default: true },
    },
  });
  return {
    model: values.model,
    batchSize: Number(values["batch-size"]),
    size: Number(values.size),
    threads: Number(values.threads),
    rounds: Number(values.rounds),
    steps: Number(values.steps),
    tune: values.tune,
  };
}
