/**
 * `args.yaml`: the arguments of a run under timm's keys, so that `tsimm train -c args.yaml` repeats it and
 * timm's `train.py --config args.yaml` can take it over.
 */
import { type ScalarTag, stringify, type Tags } from "yaml";
import { type ArgumentName, type Flag, separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { learningRate } from "./learning-rate.ts";
import { saysNothing } from "./says-nothing.ts";
import { isSizedModel } from "./sized-model.ts";
import { timmDifferences } from "./timm-differences.ts";

/** Arguments of one call, not of the run. */
const NOT_SAVED: readonly ArgumentName[] = ["resume", "overwrite"];

/** Keys of `args.yaml` that timm carries along and does not read. */
export const ARGS_YAML_KEYS = {
  /** Whether `lr` follows from the batch size. */
  lrDerived: "lr_derived",
  /** `output` and `experiment` of the run. */
  place: "written_to",
} as const;

/** 1e-7 as 1.0e-7: Python reads YAML 1.1, where a number with an exponent has a point. */
const pythonFloat: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => typeof value === "number" && /^-?\de/.test(String(value)),
  test: /^-?\d\.0e[-+]\d+$/,
  resolve: Number,
  stringify: ({ value }) => String(value).replace("e", ".0e"),
};

/**
 * Arguments under their snake_case names, sorted: what checkpoints hold.
 *
 * @param args - Arguments as given, before anything is derived from them.
 * @param used - What timm could not derive: class count, absolute data folder.
 */
export function savedArguments(args: TrainArguments, used: Partial<TrainArguments>): Record<string, unknown> {
  // timm crashes without workers.
  const all = { ...args, ...used, workers: Math.max(1, args.workers) };
  const rows = trainFlagRows()
    .filter(([name]) => !NOT_SAVED.includes(name))
    .filter(([name, flag]) => !flag.savedIfSet || !isSame(all[name], flag.default))
    .map(
      ([name, flag]) =>
        [separated(name, "_"), flag.type === "map" ? timmKeys(all[name]) : all[name]] as const,
    );
  return sorted(Object.fromEntries(rows));
}

/** Options by timm's names. */
function timmKeys(value: unknown): unknown {
  const pairs = Object.entries(value ?? {}).map(([key, one]) => [separated(key, "_"), one]);
  return value === null ? null : Object.fromEntries(pairs);
}

function isSame(value: unknown, fallback: Flag["default"]): boolean {
  return JSON.stringify(value) === JSON.stringify(fallback);
}

function sorted(content: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The text of `args.yaml`, with what timm needs beside the saved arguments, below a comment on what timm has not or
 * does otherwise.
 *
 * `lr` is the rate in use: timm would scale one that it derives by its processes. A model that is made for one size of
 * images has it in `model_kwargs`. Where the run is written stands under a key that timm does not read: it would write there.
 */
export function argsYaml(args: TrainArguments, saved: Readonly<Record<string, unknown>>): string {
  const { lr, explanation } = learningRate(args);
  const { experiment, output, ...others } = saved;
  const place = Object.entries({ experiment, output }).filter(([, value]) => !saysNothing(value));
  const content = sorted({
    ...others,
    lr,
    ...(place.length === 0 ? {} : { [ARGS_YAML_KEYS.place]: Object.fromEntries(place) }),
    ...(explanation === null ? {} : { [ARGS_YAML_KEYS.lrDerived]: true }),
    ...sizedModelKwargs(args, saved),
  });
  const comments = [
    ...timmDifferences(args).map(({ text }) => text),
    ...(explanation === null
      ? []
      : [`lr follows from lr_base and the batch size; timm would scale lr: null by its processes, too`]),
  ];
  return comments.map((line) => `# ${line}\n`).join("") + yamlText(content);
}

/** YAML 1.1, as Python reads it. */
export function yamlText(content: Readonly<Record<string, unknown>>): string {
  return stringify(content, {
    version: "1.1",
    customTags: (tags: Tags) => [pythonFloat, ...tags],
    lineWidth: 0,
  });
}

/** The size of the images as an option of the model, where timm's constructor needs it. */
function sizedModelKwargs(
  args: TrainArguments,
  saved: Readonly<Record<string, unknown>>,
): { readonly model_kwargs?: Readonly<Record<string, unknown>> } {
  const size = args.inputSize?.[1] ?? args.imgSize;
  if (size === null || !isSizedModel(args.model)) return {};
  return { model_kwargs: { img_size: size, ...Object(saved["model_kwargs"] ?? {}) } };
}
