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
      const width = Math.max(...names.map((name) => name.length));
      for (const name of names) {
        const { parameterCount, pretrainedCfg } = modelInfo(name);
        const size = pretrainedCfg.inputSize.slice(1).join("x");
        const millions = (parameterCount / 1e6).toFixed(2).padStart(7);
        process.stdout.write(`${name.padEnd(width)} ${millions} M  ${size}\n`);
      }
    });
}
