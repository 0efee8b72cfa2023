/** `tsimm predict`. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";

/** The command that classifies images. */
export function predictCommand(): Command {
  return new Command("predict")
    .description("Classify images with a trained model: one line per image, its classes and probabilities.")
    .argument("<images...>", "image files, or folders of them")
    .requiredOption("--checkpoint <file>", "model.onnx or a .safetensors file of a run")
    .option("--topk <int>", "classes per image", positiveInteger, 1)
    .addOption(
      new Option("--engine <name>", "where the model runs")
        .choices(["auto", "native", "wasm"])
        .default("auto"),
    )
    .action(async (images: string[], options: { checkpoint: string; topk: number; engine: string }) => {
      const { createEngine } = await import("../../runtime/create-engine.ts");
      const { loadClassifier } = await import("../../predict/classifier.ts");
      const files = (await Promise.all(images.map(imageFiles))).flat();
      const engine = await createEngine(options.engine as "auto");
      const classifier = await loadClassifier(options.checkpoint, engine);
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
