/** Summaries of the commands for `tsimm --help`, which need not load their options. */

/** The head of a command, as commander takes it. */
export interface CommandHead {
  readonly description: string;
  /** E.g. `[data-dir]`; empty: none. */
  readonly argument: string;
  readonly hasOptions: boolean;
}

/** Name of a command. */
export type CommandName =
  | "train"
  | "validate"
  | "predict"
  | "export"
  | "watch"
  | "handoff"
  | "report"
  | "inspect"
  | "schedule"
  | "playground"
  | "lr-find"
  | "models"
  | "completion";

/** Heads by name, in the order of `--help`. */
export const commandHeads: Readonly<Record<CommandName, CommandHead>> = {
  train: {
    description:
      "Train a model on a folder of images; without a folder, a demo of about a minute on built-in images.",
    argument: "[data-dir]",
    hasOptions: true,
  },
  validate: {
    description:
      "Measure a trained model on a folder of images: its metrics, and which classes it takes for which.",
    argument: "[data-dir]",
    hasOptions: true,
  },
  predict: {
    description:
      "Classify images with a trained model: one line per image, its classes and probabilities, or the numbers of a regression.",
    argument: "<images...>",
    hasOptions: true,
  },
  export: {
    description:
      "Write a trained model as one ONNX file for any runtime, checked by running it; or a run as timm's train.py resumes it.",
    argument: "[run]",
    hasOptions: true,
  },
  watch: {
    description:
      "Show a run while it trains, here or under timm: progress, time left, curves in the terminal.",
    argument: "<run>",
    hasOptions: true,
  },
  handoff: {
    description:
      "Hand a run over to timm's train.py, on one machine or several: writes its files and prints the command.",
    argument: "<run>",
    hasOptions: true,
  },
  report: {
    description:
      "Write the report of a run, also of one of timm: curves, confusion matrix and worst mistakes on one page.",
    argument: "<run>",
    hasOptions: true,
  },
  schedule: {
    description: "Show the learning rate of a run before paying for it: a plot, and what happens when.",
    argument: "",
    hasOptions: true,
  },
  playground: {
    description:
      "Serve the playground on this machine: move the parameters of a schedule, see its curve, train in the page.",
    argument: "",
    hasOptions: true,
  },
  "lr-find": {
    description: "Look for a learning rate: a short training whose rate rises until the loss does.",
    argument: "[data-dir]",
    hasOptions: true,
  },
  models: {
    description: "List the models, with their parameters and input size.",
    argument: "[glob]",
    hasOptions: true,
  },
  inspect: {
    description:
      "Show what an ONNX file holds and what of it can be trained: inputs, outputs, classifier, weights, obstacles.",
    argument: "<file>",
    hasOptions: true,
  },
  completion: {
    description: "Print the completion script of a shell: bash, zsh or fish.",
    argument: "<shell>",
    hasOptions: false,
  },
};

/** Whether a word is the name of a command. */
export function isCommandName(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(commandHeads, word);
}
