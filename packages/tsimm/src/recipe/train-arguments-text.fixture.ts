/** Writes the type of the training arguments from the table of flags, and what the table has from definitions. */
import { listSchedules, schedulerNames } from "@tsimm/scheduler";
import { listModels } from "../models/registry.ts";
import { listOptimizers, optimizerDefinitions } from "../optim/optimizers.ts";
import { listEngines } from "../runtime/create-engine.ts";
import { listTasks, taskDefinitions } from "../task/tasks.ts";
import { type ArgumentName, type Flag, separated, trainFlagRows } from "./arguments.ts";
import { allowedValues } from "./check-arguments.ts";
import { definitionFlagRows, type FlaggedDefinition } from "./definition-flags.ts";

const tasks = listTasks();

/** Built-in definitions, which may bring flags, by the heading that these stand under. */
const flagged: Readonly<Record<string, readonly FlaggedDefinition[]>> = {
  Schedule: listSchedules(),
  Optimizer: optimizerDefinitions(),
  "Augmentation and loss": taskDefinitions(),
};

/** The content of `generated/built-ins.ts`. */
export function builtInsText(): string {
  const names = {
    schedule: schedulerNames(),
    optimizer: listOptimizers(),
    engine: ["auto", ...listEngines()],
    task: tasks,
  };
  const rows = Object.entries(flagged).flatMap(([group, definitions]) =>
    definitionFlagRows(group, definitions),
  );
  const keys = rows.map(([name]) => JSON.stringify(name)).join(" | ") || "never";
  const lists = Object.keys(names).map((kind) => `  readonly ${kind}: readonly string[];\n`);
  const values = Object.entries(names).map(([kind, list]) => `  ${kind}: ${JSON.stringify(list)},\n`);
  return `// Written from the definitions: npx vitest run packages/tsimm/src/recipe/arguments.test.ts -u
import type { Flag } from "../arguments.ts";

/** Names of the definitions that are built in, by kind. */
export const builtInNames: {
${lists.join("")}} = {
${values.join("")}};

/** Flags of the definitions that are built in. */
export const definitionFlags: Readonly<Record<${keys}, Flag>> = {
${rows.map(([name, row]) => `  ${name}: ${JSON.stringify(row)},\n`).join("")}};
`;
}

/** The content of `generated/train-arguments.ts`. */
export function trainArgumentsText(): string {
  const members = trainFlagRows().map(
    ([name, flag]) => `${docComment(name, flag)}\n  readonly ${name}: ${typeOf(name, flag)};\n`,
  );
  return `// Written from the table of flags: npx vitest run packages/tsimm/src/recipe/arguments.test.ts -u
import type { SchedulerName } from "@tsimm/scheduler";
import type { OptimizerName } from "../../optim/optimizers.ts";
import type { EngineName } from "../../runtime/create-engine.ts";
import type { PythonValue } from "../../text/python-literal.ts";

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
  engine: "EngineName",
  model: "BuiltInModelName | (string & {})",
  opt: `OptimizerName | \`lookahead_\${OptimizerName}\``,
  sched: "SchedulerName",
  task: `${tasks.map((name) => JSON.stringify(name)).join(" | ")} | (string & {})`,
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
    case "strings":
      return "readonly string[]";
    case "map":
      return "Readonly<Record<string, PythonValue>>";
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
  const range = ["flag", "string", "strings", "map"].includes(type)
    ? ""
    : ` Allowed: ${allowedValues(flag)}.`;
  const shown = Array.isArray(fallback) ? `[${fallback.join(", ")}]` : JSON.stringify(fallback);
  return `  /** ${sentence}${range} Flag \`--${separated(name, "-")}\`, default ${shown}. */`;
}
