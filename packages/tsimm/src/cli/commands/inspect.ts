/** `tsimm inspect`. */
import { Command } from "commander";

/** The command that tells what an ONNX file holds. */
export function inspectCommand(): Command {
  return new Command("inspect")
    .description(
      "Show what an ONNX file holds and what of it can be trained: inputs, outputs, classifier, weights, obstacles.",
    )
    .argument("<file>", "an .onnx file; files with its tensors are read beside it")
    .option("--json", "print JSON")
    .option("--logits <name>", "look before this value; absent: the outputs")
    .action(async (file: string, { json = false, logits }: { json?: boolean; logits?: string }) => {
      const { describe } = await import("@tsimm/autodiff");
      const { readRegularFile, ONNX_LIMIT, WEIGHTS_LIMIT } = await import("../../files/read-file.ts");
      const { readBeside } = await import("../../files/read-beside.ts");
      const { descriptionLines } = await import("../description-lines.ts");
      const bytes = await readRegularFile(file, { limit: ONNX_LIMIT }).catch(
        (error: NodeJS.ErrnoException) => {
          throw new Error(
            `inspect: file must be a readable .onnx file, got "${file}" (${error.code ?? error.message})`,
          );
        },
      );
      let description: ReturnType<typeof describe>;
      try {
        description = describe(bytes, {
          externalData: readBeside(file, WEIGHTS_LIMIT),
          ...(logits === undefined ? {} : { logits }),
        });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`inspect: "${file}" must be an ONNX model (${reason})`, { cause: error });
      }
      process.stdout.write(
        json ? `${JSON.stringify(description, null, 2)}\n` : `${descriptionLines(description).join("\n")}\n`,
      );
    });
}
