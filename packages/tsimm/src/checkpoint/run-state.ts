/** The `tsimm` entry of a `.resume.safetensors` file: everything beside its tensors that is needed to go on. */
import { z } from "zod";
import type { PretrainedConfig } from "../models/model.ts";
import { type ModelEntry, modelEntrySchema } from "../models/model-entry.ts";
import type { Metrics, OutputMetric } from "../task/task.ts";
import { printable } from "../text/printable.ts";
import type { Best, EpochRow } from "../train/events.ts";
import type { Kept, Ranking } from "./checkpoint-history.ts";
import type { DataDigest } from "./data-digest.ts";
import { fromVersion1 } from "./run-state-v1.ts";

/** Version of the state that is written. */
export const STATE_VERSION = 2;

/** A task, by name, outputs and settings. */
export interface TaskEntry {
  /** Name of its definition. */
  readonly name: string;
  /** Names of the classes or outputs. */
  readonly outputNames: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A schedule that a run has left. */
export interface EarlierPlan {
  /** Epochs done when it ended; a fraction in mid-epoch. */
  readonly until: number;
  /** Updates in one of its epochs. */
  readonly updatesPerEpoch: number;
  /** Arguments that it follows from, under their snake_case names. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** Ways in which a run computes its training step, where they were chosen by measuring. */
export interface RecordedWays {
  /** Processor that they ran on last. */
  readonly processor: string;
  /** Site -> name of its way. */
  readonly choices: Readonly<Record<string, string>>;
}

/** The `tsimm` entry of a resume file. */
export interface RunState {
  readonly version: typeof STATE_VERSION;
  /** Package versions by name; `lowering` and `device` of an engine of another kind than the CPU's. */
  readonly software: Readonly<Record<string, string>>;
  /** Arguments as given, under their snake_case names; empty for a run that has none. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly model: ModelEntry;
  readonly task: TaskEntry;
  readonly dataConfig: PretrainedConfig;
  /** Weights that the metric is of. */
  readonly evalConfig: { readonly weights: "plain" | "ema" };
  /** Ranking of `best` and `kept`. */
  readonly ranking: Ranking;
  /** Epoch that the state belongs to. */
  readonly epoch: number;
  /** Updates made since the start of the run. */
  readonly update: number;
  /** Batches of the epoch that are done. */
  readonly batch: number;
  /** true: the epoch is not finished, or finished but not validated. */
  readonly inEpoch: boolean;
  /** Sum of the losses of the epoch's images so far. */
  readonly running: { readonly loss: number; readonly images: number };
  readonly optimizer: {
    readonly name: string;
    readonly steps: number;
    readonly groups: readonly {
      readonly params: readonly string[];
      readonly options: Readonly<Record<string, unknown>>;
    }[];
    /** Steps made before the first one of parameters that came late; absent: none did. */
    readonly joined?: Readonly<Record<string, number>> | undefined;
  };
  /** Empty: there is no schedule. */
  readonly scheduler: Readonly<Record<string, unknown>>;
  /** Absent: the fixed ways. */
  readonly ways?: RecordedWays | undefined;
  readonly rng: { readonly seed: number; readonly scheme: number };
  /** The images trained on; absent where they are not known. */
  readonly data?: DataDigest | undefined;
  readonly metricHistory: readonly EpochRow[];
  readonly best: Best | null;
  readonly kept: readonly Kept[];
  /** The metric of each class or output in the best epoch. */
  readonly byOutput: readonly OutputMetric[];
  /** Schedules before a resume with another one. */
  readonly earlierPlans?: readonly EarlierPlan[] | undefined;
  /** SHA-256 of the file with this field as 64 zeros. */
  readonly sha256: string;
}

// Safe integers.
const count = z.number().int().min(0);
// JSON has no NaN and no infinities; they are written as text.
const number: z.ZodType<number> = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number),
]);
const rate = z.number().min(0);
const metrics: z.ZodType<Metrics> = z.object({ loss: number }).catchall(number);
const side = z.number().int().min(1).max(65_535);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1);

/** Preprocessing, as files hold it. */
export const dataConfigSchema: z.ZodType<PretrainedConfig> = z.object({
  inputSize: z.tuple([z.number().int().min(1).max(4), side, side]),
  interpolation: z.enum(["bilinear", "bicubic"]),
  cropPct: z.number().positive().max(1),
  cropMode: z.enum(["center", "squash", "border"]),
  mean: z.array(z.number()).min(1).max(4),
  std: z.array(z.number().positive()).min(1).max(4),
});

const option = z.union([z.number(), z.boolean(), z.string(), z.null(), z.array(z.number())]);
const groupOptions = z
  .object({ lr: rate, initialLr: rate.optional(), lrScale: rate.optional(), weightDecay: rate })
  .catchall(option)
  // It would take the place of the group's parameters.
  .refine((options) => !("params" in options), "params is no option");

const earlierPlans: z.ZodType<readonly EarlierPlan[]> = z
  .array(
    z.object({
      until: z.number().min(0),
      updatesPerEpoch: z.number().int().min(1),
      args: z.record(z.string(), z.unknown()),
    }),
  )
  // Each is a line of the figure.
  .max(1000);

/** Parts of a {@link RunState} that stand in other files too. */
export type SharedState = Pick<
  RunState,
  "epoch" | "update" | "scheduler" | "ranking" | "metricHistory" | "best" | "byOutput" | "earlierPlans"
>;

/** Names of classes or outputs, as files hold them. */
export const outputNamesSchema: z.ZodType<readonly string[]> = z.array(name);

/** {@link SharedState} as files hold it, key by key. */
export const sharedStateSchemas: { readonly [K in keyof SharedState]-?: z.ZodType<SharedState[K]> } = {
  epoch: count,
  update: count,
  scheduler: z.record(z.string(), z.unknown()),
  ranking: z.object({ name, better: z.enum(["higher", "lower"]), of: z.enum(["validation", "training"]) }),
  metricHistory: z.array(
    z.object({
      epoch: count,
      trainLoss: number,
      lr: rate,
      validation: metrics.nullable(),
      plain: metrics.nullable(),
    }),
  ),
  best: z.object({ metric: number, epoch: count }).nullable(),
  byOutput: z.array(z.object({ label: z.string(), images: count, value: number })),
  earlierPlans: earlierPlans.optional(),
};

const runState: z.ZodType<RunState> = z.object({
  ...sharedStateSchemas,
  version: z.literal(STATE_VERSION),
  software: z.record(z.string(), z.string()),
  args: z.record(z.string(), z.unknown()),
  model: modelEntrySchema,
  task: z.object({ name, outputNames: outputNamesSchema, settings: z.record(z.string(), z.unknown()) }),
  dataConfig: dataConfigSchema,
  evalConfig: z.object({ weights: z.enum(["plain", "ema"]) }),
  batch: count,
  inEpoch: z.boolean(),
  running: z.object({ loss: number, images: count }),
  optimizer: z.object({
    name: z.string(),
    steps: count,
    groups: z.array(z.object({ params: z.array(z.string()), options: groupOptions })),
    joined: z.record(z.string(), count).optional(),
  }),
  ways: z.object({ processor: z.string(), choices: z.record(z.string(), z.string()) }).optional(),
  rng: z.object({ seed: z.number().int(), scheme: count }),
  data: z.object({ training: digest, validation: digest.nullable() }).optional(),
  // Names of files are made from the epoch.
  kept: z.array(z.object({ epoch: count, metric: number })),
  sha256: digest,
});

/**
 * Checks the `tsimm` entry of a resume file, of this version or an earlier one.
 *
 * @throws Error that names the first key that is missing or wrong.
 */
export function parseRunState(text: string): RunState {
  const result = runState.safeParse(fromVersion1(JSON.parse(text)));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = printable(issue?.path.join(".") || "the state");
  throw new Error(`${key} is not what this version of tsimm writes (${printable(issue?.message ?? "")})`);
}

/** The entry as text, keys in alphabetical order: the same state gives the same bytes wherever its parts come from. */
export function formatRunState(state: RunState): string {
  return formatPlain(state);
}

/** Plain data as text that the schemas of this file read: numbers that JSON has not are text. */
export function formatPlain(data: object): string {
  return JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
