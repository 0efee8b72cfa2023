/** Errors of library functions in the words of the command line: its flags, and what was typed. */
import { UsageError } from "../usage-error.ts";
import { type ArgumentName, findFlag, separated, type TrainArguments } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";

/** Arguments that set a parameter, by its name, perhaps with its function's as in `createModel.name`. */
export type ParameterFlags = Readonly<Record<string, readonly string[]>>;

/**
 * Parameters of library functions, each with the flags that set it: the first of them that was given is meant, or
 * else the last. A key `function.parameter` holds for that function only.
 */
const FLAGS: ParameterFlags = {
  numEpochs: ["epochs"],
  tInitial: ["epochs"],
  decayT: ["decayEpochs"],
  "MultiStepLRScheduler.decayT": ["decayMilestones"],
  warmupT: ["warmupEpochs"],
  warmupLrInit: ["warmupLr"],
  cooldownT: ["cooldownEpochs"],
  patienceT: ["patienceEpochs"],
  lrMin: ["minLr"],
  noise: ["lrNoise"],
  noiseRangeT: ["lrNoise"],
  noisePct: ["lrNoisePct"],
  noiseStd: ["lrNoiseStd"],
  noiseSeed: ["seed"],
  cycleMul: ["lrCycleMul"],
  cycleDecay: ["lrCycleDecay"],
  cycleLimit: ["lrCycleLimit"],
  kDecay: ["lrKDecay"],
  threshold: ["plateauThreshold"],
  lr: ["lr", "lrBase"],
  lrScale: ["layerDecay"],

  "createModel.name": ["model"],
  imgSize: ["inputSize", "imgSize"],
  height: ["inputSize", "imgSize"],
  width: ["inputSize", "imgSize"],
  dropRate: ["drop"],
  globalPool: ["gp"],
  dropPathRate: ["dropPath", "dropConnect"],
  eps: ["optEps"],
  betas: ["optBetas"],
  fallbackList: ["optKwargs"],
  "freeze.patterns": ["freeze"],
  "ModelEma.decay": ["modelEmaDecay"],
  "createEngine.name": ["engine"],
  "findSchedule.name": ["sched"],
};

/** Parameters in the unit of t: on updates their values are not the ones typed. */
const IN_UNITS = ["tInitial", "decayT", "warmupT", "cooldownT"];

/** Messages that no replacement of words gives. */
const SENTENCES: Readonly<Record<string, (args: Partial<TrainArguments>) => string>> = {
  stepOnEpochs: ({ sched }) =>
    `--sched-on-updates must be off for ${sched}, got on; the metric is known once an epoch`,
  timescaleT: ({ sched }) =>
    `--warmup-epochs must be an integer > 0 for ${sched}, got 0; its decay begins with the warm-up`,
  paramGroups: ({ layerDecayNoOptScale }) =>
    `--layer-decay-no-opt-scale must leave something to train, got ${layerDecayNoOptScale}; pass a smaller one`,
  sampling: ({ task }) =>
    `--balanced-sampling must be off for --task ${task}, got on; numbers have no classes to balance`,
  "openDataset.labels": ({ task }) =>
    `--task must be classification for images in class folders, got "${task}"; list the images and their labels in a .csv file and give that as --data-dir`,
};

/** Errors of the JavaScript engine about arrays that are too large. */
const TOO_LARGE = /^(Invalid typed array length|Array buffer allocation failed|Invalid array length)/;

const REFUSAL =
  /^(?<where>[\w.-]+): (?:paramGroups\[\d+\]\.)?(?<parameter>\w+)(?:\[\d+\])? must (?<rest>.*)$/s;

/**
 * The result of `make`, which takes its arguments from flags.
 *
 * @param command - Name of the command, for messages.
 * @param args - Its arguments.
 * @param own - Flags of parameters that only this call has.
 * @throws UsageError in place of the RangeError or TypeError by which a library function refuses them, with
 * the flag for the parameter and the value that was typed.
 */
export function fromFlags<T>(
  command: string,
  args: Partial<TrainArguments>,
  make: () => T,
  own: ParameterFlags = {},
): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new UsageError(flagMessage(error.message, command, args, own), { cause: error });
  }
}

/**
 * The message of a library function with flags in place of its parameters.
 *
 * @param message - `<function>: <parameter> must be <what is allowed>, got <value>; <what to do>`; of any other
 *   only words that can be nothing but parameters are replaced.
 * @param command - Takes the place of the function.
 * @param args - What was typed, with defaults.
 * @param own - Flags of parameters that are not known here.
 * @example
 * const message = "WSDLRScheduler: decayT must be <= tInitial (= 50), got 90";
 * flagMessage(message, "train", { epochs: 50, decayEpochs: 90 });
 * // => "train: --decay-epochs must be <= --epochs (= 50), got 90"
 */
export function flagMessage(
  message: string,
  command: string,
  args: Partial<TrainArguments>,
  own: ParameterFlags = {},
): string {
  if (TOO_LARGE.test(message)) {
    return `${command}: the model must fit into memory (${message}); lower --num-classes or --img-size`;
  }
  const { where = "", parameter = "", rest = "" } = REFUSAL.exec(message)?.groups ?? {};
  const sentence = SENTENCES[`${where}.${parameter}`] ?? SENTENCES[parameter];
  if (sentence !== undefined) return `${command}: ${sentence(args)}`;
  const find = (word: string) => argumentOf(word, where, args, { ...FLAGS, ...own });
  const name = find(parameter);
  if (name === undefined) return withFlags(message, find, args);
  const typed = args[name] ?? null;
  if (typed !== null && rest.includes(", got Infinity")) {
    // The given value is finite, the computed one is not.
    return `${command}: ${flagOf(name)} must be such that every value stays finite, got ${showValue(typed)}`;
  }
  // Of several values the message names the one that is wrong.
  const isOneOf = Array.isArray(typed) && typed.some((one) => rest.includes(`, got "${one}"`));
  const got = typed === null || isOneOf ? rest : rest.replace(GOT, (_, before) => before + showValue(typed));
  return `${command}: ${flagOf(name)} must ${withFlags(got, find, args)}`;
}

/** The value of a message: a number, a list or a quoted text. */
const GOT = /(, got )(?:-?[\d.]+(?:e[-+]\d+)?|\[[^\]]*\]|"[^"]*")/;

/** A cure that sets one parameter. */
const SETTING = /\bset (\w+) to (\w+)$/;

/** Words in camel case that stand alone, not in a path or in quotes, perhaps with a value after them. */
const WORD = /(?<![\w/\\."'-])([a-z]+(?:[A-Z][a-z]*)+)(?![\w/\\"'-])( \(= [^)]*\))?/g;

function withFlags(
  text: string,
  find: (word: string) => ArgumentName | undefined,
  args: Partial<TrainArguments>,
): string {
  return text
    .replace('use noiseType "uniform" or a smaller noiseStd', "use a smaller noiseStd")
    .replace(
      "a number, a pair [from, to] with from < to, or null",
      "a number, or two of which the first is smaller",
    )
    .replace("where labels is class", "for --task classification")
    .replace("where sampling is balanced", "with --balanced-sampling")
    .replace("set labels to multi or number", "pass --task multi-label or regression")
    .replace("set labels to multi", "pass --task multi-label")
    .replace("imageColumn, labelColumns and splitColumn", "imageColumn, labelColumns and the column split")
    .replace(SETTING, (all: string, word: string, value: string) => {
      const name = find(word);
      return name === undefined ? all : `pass ${flagOf(name)}${value === "true" ? "" : ` ${value}`}`;
    })
    .replace(WORD, (all: string, word: string, value = "") => {
      const name = find(word);
      if (name === undefined) return all;
      const typed = args[name] ?? null;
      const inUnits = value !== "" && IN_UNITS.includes(word) && typed !== null;
      return flagOf(name) + (inUnits ? ` (= ${showValue(typed)})` : value);
    });
}

function argumentOf(
  parameter: string,
  where: string,
  args: Partial<TrainArguments>,
  flags: ParameterFlags,
): ArgumentName | undefined {
  const names = (flags[`${where}.${parameter}`] ?? flags[parameter] ?? [parameter]).filter(isArgument);
  // A rate of 0 counts as not given.
  const given = names.find((name) => (args[name] ?? null) !== null && !(name === "lr" && args.lr === 0));
  return given ?? names.at(-1);
}

function isArgument(name: string): name is ArgumentName {
  return findFlag(name) !== undefined;
}

function flagOf(name: ArgumentName): string {
  return `--${separated(name, "-")}`;
}
