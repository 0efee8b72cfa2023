/** `tsimm train`. */
import { Command } from "commander";
import { type TrainArguments, trainFlagRows } from "../../recipe/arguments.ts";
import { valueProblems } from "../../recipe/check-arguments.ts";
import { problemsError } from "../../recipe/list-problems.ts";
import type { Configuration } from "../../recipe/read-configuration.ts";
import { writtenFiles } from "../../report/written-files.ts";
import { resultText } from "../result-text.ts";
import { shellWord } from "../shell-word.ts";
import { shortPath } from "../short-path.ts";
import { addTimmOptions, judgeTimmOptions } from "../timm-options.ts";
import { addTrainOptions, givenArguments } from "../train-options.ts";

/** The command that trains. */
export function trainCommand(): Command {
  const command = new Command("train")
    .description(
      "Train a model on a folder of images; without a folder, a demo of about a minute on built-in images.",
    )
    .argument("[data-dir]", "folder with train/<class>/*.png and val/<class>/*.png, a .tar of one, or a .csv")
    .option(
      "-c, --config <file>",
      "YAML with flags as keys, e.g. the args.yaml of a run; flags given here beat it",
    );
  addTrainOptions(command);
  addTimmOptions(command);
  return command.action(async (dataDir: string | undefined, options: { config?: string }) => {
    const flags = givenArguments(command, dataDir);
    const { withoutEffect: typed, problems } = judgeTimmOptions(command);
    const wrong = [...valueProblems(trainFlagRows(), flags), ...problems];
    if (wrong.length > 0) throw problemsError("train", wrong);
    const { given, withoutEffect: inFile } = await withConfiguration(flags, options.config);
    const withoutEffect = [...inFile, ...typed];
    if (withoutEffect.length > 0) {
      process.stderr.write(`Without effect here: ${withoutEffect.join(", ")}\n`);
    }
    const { runTraining } = await import("../run-training.ts");
    const result = await runTraining(given);
    const folder = shortPath(result.folder);
    process.stdout.write(resultText(result, process.stdout.isTTY));
    const classifies = result.answers.kind === "class";
    const written = writtenFiles(result.files, classifies);
    if (written.length > 0) process.stderr.write(`Wrote ${folder}:\n${written.join("\n")}\n`);
    if (result.sample !== null) {
      const sample = shellWord(shortPath(result.sample));
      process.stderr.write(
        `${classifies ? "Classify an image" : "Try it on an image"}: npx tsimm predict ${sample} --checkpoint ${shellWord(`${folder}/model.onnx`)}\n`,
      );
    }
    if (result.files.includes("last.resume.safetensors")) {
      const { canHandOff } = await import("../../recipe/handoff/can-hand-off.ts");
      if (await canHandOff(result.folder)) {
        process.stderr.write(
          `Go on under timm, on more GPUs or machines: npx tsimm handoff ${shellWord(folder)}\n`,
        );
      }
    }
    if (result.interrupted) {
      const canGoOn = result.files.some((name) => name.endsWith(".resume.safetensors"));
      process.stderr.write(
        canGoOn
          ? `Stopped; go on with: npx tsimm train --resume ${shellWord(folder)}\n`
          : "Stopped before the first update, with nothing to keep; the same command starts again\n",
      );
      process.exitCode = 130;
    }
  });
}

async function withConfiguration(
  flags: Partial<TrainArguments>,
  config: string | undefined,
): Promise<Configuration> {
  if (config === undefined) return { given: flags, withoutEffect: [] };
  const { readConfiguration } = await import("../../recipe/read-configuration.ts");
  const { given, withoutEffect } = await readConfiguration(config);
  return { given: { ...given, ...flags }, withoutEffect };
}
