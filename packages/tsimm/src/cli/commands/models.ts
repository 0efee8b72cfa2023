/** `tsimm models`. */
import { Command } from "commander";

/** The command that lists models. */
export function modelsCommand(): Command {
  return new Command("models")
    .description("List the models, with their parameters and input size.")
    .argument("[glob]", "only names that match, e.g. 'resnet*' or 'resnet18.*'", "*")
    .option("--pretrained", "those with pretrained weights, one line for each tag, as --model takes them")
    .action(async (glob: string, { pretrained = false }: { readonly pretrained?: boolean }) => {
      const { modelInfo } = await import("../../models/pretrained/create-model.ts");
      const { listModels } = await import("../../models/pretrained/list-models.ts");
      const includeTags = pretrained || glob.includes(".");
      const names = listModels(glob, { pretrained, includeTags });
      if (names.length === 0) {
        const all = pretrained ? "tsimm models --pretrained" : "tsimm models '*'";
        throw new Error(`models: no model matches "${glob}"; try: ${all}`);
      }
      const width = Math.max(...names.map((name) => name.length));
      for (const name of names) {
        const { parameterCount, pretrainedCfg } = modelInfo(name);
        const size = pretrainedCfg.inputSize.slice(1).join("x");
        const millions = (parameterCount / 1e6).toFixed(2).padStart(7);
        process.stdout.write(`${name.padEnd(width)} ${millions} M  ${size}\n`);
      }
    });
}
