/** `tsimm predict`. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";

interface PredictOptions {
  readonly checkpoint: string;
  readonly topk: number;
  readonly engine: string;
  /** false: plain weights. */
  readonly ema: boolean;
}

/** The command that classifies images. */
export function predictCommand(): Command {
  return new Command("predict")
    .description("Classify images with a trained model: one line per image, its classes and probabilities.")
    .argument("<images...>", "image files, or folders of them")
    .requiredOption(
      "--checkpoint <file>",
      "model.onnx or a .safetensors file of a run; a moving average of the weights is taken where there is one",
    )
    .option("--topk <int>", "classes per image", positiveInteger, 1)
    .option("--engine <name>", "auto, native or wasm", "auto")
    .option("--no-ema", "take the plain weights, also where there is a moving average")
    .action(async (images: string[], options: PredictOptions) => {
      const { createEngine } = await import("../../runtime/create-engine.ts");
      const { loadClassifier } = await import("../../predict/classifier.ts");
      const files = (await Promise.all(images.map(imageFiles))).flat();
      const engine = await createEngine(options.engine as "auto", {
        onWarning: (message) => process.stderr.write(`WARNING: ${message}\n`),
      });
      const classifier = await loadClassifier(options.checkpoint, engine, { average: options.ema });
      if (classifier.average) {
        process.stderr.write(
          `Weights: the moving average in ${classifier.path}; --no-ema takes the plain ones\n`,
        );
      }
      let failed = 0;
      for (const file of files) {
        try {
          const predictions = await classifier.classify(await readFile(file), options.topk);
          const shown = predictions.map(({ label, prob }) => `${label} ${prob.toFixed(4)}`);
          process.stdout.write(`${file}: ${shown.join(", ")}\n`);
        } catch (error) {
          failed++;
          process.stderr.write(`WARNING: ${file}: ${(error as Error).message}\n`);
        }
      }
      await classifier.close();
      if (failed > 0) process.exitCode = 1;
    });
}

async function imageFiles(path: string): Promise<string[]> {
  const kind = await stat(path).catch(() => null);
  if (kind === null) throw new Error(`predict: images must exist, got "${path}"`);
  if (!kind.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  const files = names.filter((name) => /\.(png|jpe?g|webp)$/i.test(name)).sort();
  if (files.length === 0)
    throw new Error(`predict: images must hold .png, .jpg, .jpeg or .webp files, got none in "${path}"`);
  return files.map((name) => join(path, name));
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be an integer >= 1.");
  return value;
}
