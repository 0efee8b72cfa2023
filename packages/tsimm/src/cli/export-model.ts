/** Exports a trained model: checks the file by running it, then writes it. */
import { extname } from "node:path";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { makeFolderOf, writeFileWhole } from "../files/write-file.ts";
import type { PretrainedConfig } from "../models/model.ts";
import { checkExport } from "../predict/check-export.ts";
import { taskOfFile } from "../predict/file-task.ts";
import { findModels } from "../predict/find-models.ts";
import type { TrainedModel } from "../predict/trained-model.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { ExportOptions } from "./flags/export-flags.ts";
import { info, warn } from "./log-lines.ts";
import { checkModelFlags, openModel } from "./open-model.ts";

/**
 * Writes what `--checkpoint` names as an ONNX file.
 *
 * @throws UsageError for flags that do not fit each other or the model; Error if the file does not give the outputs of the
 * model, and nothing is written then.
 */
export async function exportModel(options: ExportOptions): Promise<void> {
  const { checkpoint, output, batchSize, imgSize } = options;
  if (checkpoint === undefined) {
    throw new UsageError(
      "export: --checkpoint must be given: a .safetensors or .onnx file, one of PyTorch, or the folder of a run",
    );
  }
  if (output === undefined || extname(output).toLowerCase() !== ".onnx") {
    throw new UsageError(
      printable(
        `export: --output must be an .onnx file, got ${output === undefined ? "none" : `"${output}"`}`,
      ),
    );
  }
  checkModelFlags("export", options);
  const { kind, files } = await findModels("export", checkpoint, options);
  const [path = checkpoint] = files;
  if (kind === "several") {
    throw new UsageError(
      printable(
        `export: --checkpoint must be one model, got the folder "${checkpoint}" with ${files.length}; name one of its files`,
      ),
    );
  }
  const trained = await openModel("export", path, options);
  if (batchSize !== undefined && trained.fixedBatch !== null && batchSize !== trained.fixedBatch) {
    throw new UsageError(
      `export: --batch-size must be the ${trained.fixedBatch} of the ONNX file, got ${batchSize}; take the .safetensors file`,
    );
  }
  const dataConfig = atSize(trained.dataConfig, imgSize);
  const classNames = await namesOf(trained, options);
  const engine = await createEngine(options.engine, { onWarning: warn });
  const file = trained.encode({ classNames, dataConfig, batchSize });
  const fixed = batchSize ?? trained.fixedBatch;
  const batchSizes = fixed === null ? [1, 3] : [fixed];
  const { images, difference } = await checkExport(file, trained, { engine, dataConfig, batchSizes });
  await makeFolderOf(output);
  await writeFileWhole(output, file);
  const [channels, height, width] = dataConfig.inputSize;
  const weights = trained.average ? "moving average of the weights" : "weights";
  info(`Model ${trained.architecture}, ${weights} of ${path}`);
  info(
    `Checked with ${engine.name} on ${images} random ${images === 1 ? "image" : "images"}: largest difference to the model ${difference.toExponential(1)}`,
  );
  info(
    `Wrote ${output} (${(file.length / 1e6).toFixed(1)} MB): input float32 [${fixed ?? "batch"}, ${channels}, ${height}, ${width}], normalised; output float32 [${fixed ?? "batch"}, ${trained.outputs}]`,
  );
}

function atSize(config: PretrainedConfig, side: number | undefined): PretrainedConfig {
  const [channels, height, width] = config.inputSize;
  return { ...config, inputSize: [channels, side ?? height, side ?? width] };
}

/** Names of the outputs: of the flag, of the file, or their numbers. */
async function namesOf(
  { classNames, outputs, task }: TrainedModel,
  { classMap }: ExportOptions,
): Promise<readonly string[]> {
  if (classMap === undefined) return classNames ?? taskOfFile(task, [], outputs).outputNames;
  const text = (await readRegularFile(classMap, { limit: TEXT_LIMIT })).toString("utf8");
  const names = text.split(/\r?\n/).filter((line) => line !== "");
  if (names.length === outputs) return names;
  throw new UsageError(
    printable(
      `export: --class-map must name the ${outputs} outputs of the model, got ${names.length} names in "${classMap}"`,
    ),
  );
}
