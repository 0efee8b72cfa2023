/** `tsimm models`. */
import { Command } from "commander";

/** The command that lists models. */
export function modelsCommand(): Command {
  return new Command("models")
    .description("List the models, with their parameters and input size.")
    .argument("[glob]", "only names that match, e.g. 'resnet*'", "*")
    .action(async (glob: string) => {
      const { listModels, modelInfo } = await import("../../models/registry.ts");
      const names = listModels(glob);
      if (names.length === 0) throw new Error(`models: no model matches "${glob}"; try: tsimm models '*'`);
      for (const name of names) {
        const { parameterCount, pretrainedCfg } = modelInfo(name);
        const [, height, width] = pretrainedCfg.inputSize;
        process.stdout.write(
          `${name.padEnd(20)} ${(parameterCount / 1e6).toFixed(2).padStart(7)} M  ${height}x${width}\n`,
        );
      }
    });
}
