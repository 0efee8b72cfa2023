/** What a `.resume.safetensors` file says beside its tensors: everything that is needed to go on. */
import { z } from "zod";
import type { PretrainedConfig } from "../models/model.ts";
import type { Best, Kept } from "./checkpoint-history.ts";
import { type EarlierPlan, earlierPlansSchema } from "./earlier-plan.ts";
import type { EpochRow, Metrics } from "./summary.ts";

/** The `tsimm` entry of a resume file. */
export interface RunState {
  readonly version: 1;
  /** Package versions by name. */
  readonly software: Readonly<Record<string, string>>;
  /** Arguments as given, under their snake_case names. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly arch: string;
  readonly numClasses: number;
  readonly inChans: number;
  readonly classNames: readonly string[];
  readonly classToIdx: Readonly<Record<string, number>>;
  readonly dataConfig: PretrainedConfig;
  /** Which weights gave the metric. */
  readonly evalConfig: { readonly weights: "plain" | "ema" };
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
  };
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly rng: { readonly seed: number; readonly scheme: number };
  readonly metricHistory: readonly EpochRow[];
  readonly best: Best | null;
  readonly kept: readonly Kept[];
  /** Schedules before a resume with another one. */
  readonly earlierPlans?: readonly EarlierPlan[] | undefined;
  /** SHA-256 of the file with this field as 64 zeros. */
  readonly sha256: string;
}

// JSON has no NaN and no infinities; they are written as text.
const number: z.ZodType<number> = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number),
]);
const metrics: z.ZodType<Metrics> = z.object({ loss: number, top1: number, top5: number });

/** Preprocessing, as files hold it. */
export const dataConfigSchema: z.ZodType<PretrainedConfig> = z.object({
  inputSize: z.tuple([z.number(), z.number(), z.number()]),
  interpolation: z.enum(["bilinear", "bicubic"]),
  cropPct: z.number(),
  cropMode: z.enum(["center", "squash", "border"]),
  mean: z.array(z.number()),
  std: z.array(z.number()),
});

const runState: z.ZodType<RunState> = z.object({
  version: z.literal(1),
  software: z.record(z.string(), z.string()),
  args: z.record(z.string(), z.unknown()),
  arch: z.string(),
  numClasses: z.number().int(),
  inChans: z.number().int(),
  classNames: z.array(z.string()),
  classToIdx: z.record(z.string(), z.number()),
  dataConfig: dataConfigSchema,
  evalConfig: z.object({ weights: z.enum(["plain", "ema"]) }),
  epoch: z.number().int(),
  update: z.number().int(),
  batch: z.number().int(),
  inEpoch: z.boolean(),
  running: z.object({ loss: number, images: z.number() }),
  optimizer: z.object({
    name: z.string(),
    steps: z.number().int(),
    groups: z.array(z.object({ params: z.array(z.string()), options: z.record(z.string(), z.unknown()) })),
  }),
  scheduler: z.record(z.string(), z.unknown()),
  rng: z.object({ seed: z.number(), scheme: z.number() }),
  metricHistory: z.array(
    z.object({
      epoch: z.number(),
      trainLoss: number,
      lr: z.number(),
      validation: metrics.nullable(),
      plain: metrics.nullable(),
    }),
  ),
  best: z.object({ metric: number, epoch: z.number() }).nullable(),
  kept: z.array(z.object({ name: z.string(), epoch: z.number(), metric: number })),
  earlierPlans: earlierPlansSchema.optional(),
  sha256: z.string(),
});

/**
 * Checks the `tsimm` entry of a resume file.
 *
 * @throws Error that names the first key that is missing or wrong.
 */
export function parseRunState(text: string): RunState {
  const result = runState.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join(".")} is not what this version of tsimm writes (${issue?.message})`);
}

/** The entry as text. */
export function formatRunState(state: RunState): string {
  return JSON.stringify(state, (_key, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}
