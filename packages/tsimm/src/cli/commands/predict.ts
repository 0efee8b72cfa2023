/** `tsimm predict`. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { builtInNames } from "../../recipe/generated/built-ins.ts";
import { printable } from "../../text/printable.ts";

interface PredictOptions {
  readonly checkpoint: string;
  /** Absent: what the task says by itself. */
  readonly topk?: number;
  readonly engine: string;
  /** false: plain weights. */
  readonly ema: boolean;
}

/** The command that tells what a model says of images. */
export function predictCommand(): Command {
  return new Command("predict")
    .description(
      "Classify images with a trained model: one line per image, its classes and probabilities, or the numbers of a regression.",
    )
    .argument("<images...>", "image files, or folders of them")
    .requiredOption(
      "--checkpoint <file>",
      "model.onnx or a .safetensors file of a run; a moving average of the weights is taken where there is one",
    )
    .option(
      "--topk <int>",
      "answers per image (default: 1 class; with several labels those that hold; all numbers)",
      positiveInteger,
    )
    .addOption(
      new Option("--engine <name>", "where the model runs").choices(builtInNames.engine).default("auto"),
    )
    .option("--no-ema", "take the plain weights, also where there is a moving average")
    .action(async (images: string[], options: PredictOptions) => {
      const { createEngine } = await import("../../runtime/create-engine.ts");
      const { engineLine } = await import("../../runtime/engine-line.ts");
      const { loadClassifier } = await import("../../predict/load-classifier.ts");
      const { answerText } = await import("../../predict/answer-text.ts");
      const { IMAGE_LIMIT, readRegularFile } = await import("../../files/read-file.ts");
      const files = (await Promise.all(images.map(imageFiles))).flat();
      const engine = await createEngine(options.engine as "auto", {
        onWarning: (message) => process.stderr.write(`WARNING: ${message}\n`),
      });
      if (engine.device !== undefined) process.stderr.write(`${engineLine(engine)}\n`);
      const loading = loadClassifier(options.checkpoint, engine, { average: options.ema });
      const classifier = await loading.catch((error: NodeJS.ErrnoException) => {
        throw new Error(
          `predict: --checkpoint must be a model.onnx or a .safetensors file of a run, got "${options.checkpoint}" (${error.code ?? error.message})`,
          { cause: error },
        );
      });
      if (classifier.average) {
        process.stderr.write(
          `Weights: the moving average in ${classifier.path}; --no-ema takes the plain ones\n`,
        );
      }
      let failed = 0;
      for (const file of files) {
        try {
          const bytes = await readRegularFile(file, { limit: IMAGE_LIMIT });
          const said = answerText(classifier.task, await classifier.predict(bytes, options.topk));
          process.stdout.write(`${printable(`${file}: ${said}`)}\n`);
        } catch (error) {
          failed++;
          process.stderr.write(`WARNING: ${printable(`${file}: ${(error as Error).message.trim()}`)}\n`);
        }
      }
      await classifier.close();
      if (failed > 0) process.exitCode = 1;
    });
}

/** The images of a folder by the rules of training, in natural order; any other path is the image itself. */
async function imageFiles(path: string): Promise<string[]> {
  const kind = await stat(path).catch(() => null);
  if (kind === null) throw new Error(printable(`predict: images must exist, got "${path}"`));
  if (!kind.isDirectory()) return [path];
  const { walkFolder } = await import("../../data/walk-folder.ts");
  const { IMAGE_EXTENSIONS, isImageName } = await import("../../data/image-names.ts");
  const { countExtensions, describeLeftOut } = await import("../../data/left-out.ts");
  const { naturalSortSet } = await import("../../text/natural-sort.ts");
  const { paths, leftOut } = await walkFolder(path);
  const others = paths.filter((name) => !isImageName(name));
  const left = describeLeftOut(countExtensions(others, leftOut));
  const files = naturalSortSet(paths.filter(isImageName));
  if (files.length === 0) {
    const extensions = IMAGE_EXTENSIONS.join(", ");
    throw new Error(
      printable(`predict: images must hold files of ${extensions}, got ${left || "none"} in "${path}"`),
    );
  }
  if (left !== "") process.stderr.write(`${printable(`Left out of ${path}: ${left}`)}\n`);
  return files.map((name) => join(path, name));
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be an integer >= 1.");
  return value;
}
