/** Writes the type of the training arguments from the table of flags. */
import { listModels } from "../models/registry.ts";
import { type ArgumentName, type Flag, separated, trainFlagRows } from "./arguments.ts";
import { allowedValues } from "./check-arguments.ts";

/** The content of `generated/train-arguments.ts`. */
export function trainArgumentsText(): string {
  const members = trainFlagRows().map(
    ([name, flag]) => `${docComment(name, flag)}\n  readonly ${name}: ${typeOf(name, flag)};\n`,
  );
  return `// Written from the table of flags: npx vitest run packages/tsimm/src/recipe/arguments.test.ts -u
import type { SchedulerName } from "@tsimm/scheduler";
import type { OptimizerName } from "../../optim/optimizers.ts";

/** Name of a model that is built in. */
export type BuiltInModelName =
${listModels()
  .map((name) => `  | "${name}"`)
  .join("\n")};

/** Arguments of a training run, by the camelCase names of the flags of \`tsimm train\`. */
export interface TrainArguments {
${members.join("\n")}}
`;
}

/** Types that say more than the table does. */
const NAMES: Partial<Readonly<Record<ArgumentName, string>>> = {
  model: "BuiltInModelName | (string & {})",
  opt: `OptimizerName | \`lookahead_\${OptimizerName}\``,
  sched: "SchedulerName",
};

function typeOf(name: ArgumentName, flag: Flag): string {
  return (NAMES[name] ?? typeOfKind(flag)) + (flag.default === null ? " | null" : "");
}

function typeOfKind({ type, choices, count }: Flag): string {
  switch (type) {
    case "flag":
      return "boolean";
    case "int":
    case "float":
      return "number";
    case "string":
      return choices?.map((choice) => `"${choice}"`).join(" | ") ?? "string";
    default: {
      const [least, most] = count ?? [1, Number.POSITIVE_INFINITY];
      return least === most ? `readonly [${Array(least).fill("number").join(", ")}]` : "readonly number[]";
    }
  }
}

function docComment(name: ArgumentName, flag: Flag): string {
  const { help, type, default: fallback } = flag;
  const sentence = `${help.charAt(0).toUpperCase()}${help.slice(1)}.`;
  const range = ["flag", "string"].includes(type) ? "" : ` Allowed: ${allowedValues(flag)}.`;
  const shown = Array.isArray(fallback) ? `[${fallback.join(", ")}]` : JSON.stringify(fallback);
  return `  /** ${sentence}${range} Flag \`--${separated(name, "-")}\`, default ${shown}. */`;
}
