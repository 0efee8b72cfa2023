/** What a run has that timm's checkpoint has no place for: it travels as data among the arguments. */
import { z } from "zod";
import { printable } from "../../text/printable.ts";
import {
  formatPlain,
  outputNamesSchema,
  type RunState,
  type SharedState,
  sharedStateSchemas,
} from "../run-state.ts";

/** Key of args.yaml, and of `args` in timm's checkpoints, that holds a {@link CarriedState}. */
export const CARRIED = "tsimm";

/** Version of {@link CarriedState}. */
const VERSION = 1;

/** Parts of a state that timm drops. */
export interface CarriedState extends SharedState {
  readonly version: typeof VERSION;
  readonly classNames: readonly string[];
}

const schema: z.ZodType<CarriedState> = z.object({
  version: z.literal(VERSION),
  classNames: outputNamesSchema,
  ...sharedStateSchemas,
});

/** Parts of a state that timm drops, as plain data for YAML and JSON. */
export function carriedState(state: Omit<RunState, "sha256">): Readonly<Record<string, unknown>> {
  const { update, ranking, metricHistory, best, byOutput, scheduler, earlierPlans, task } = state;
  return JSON.parse(
    formatPlain({
      ...{ version: VERSION, epoch: lastEpoch(state), update, classNames: task.outputNames },
      ...{ ranking, metricHistory, best, byOutput, scheduler, earlierPlans },
    }),
  );
}

/**
 * Checks data that {@link carriedState} has made.
 *
 * @returns null: there is none.
 * @throws Error that names the first key that is missing or wrong.
 */
export function readCarried(value: unknown): CarriedState | null {
  if (value === undefined || value === null) return null;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = printable([CARRIED, ...(issue?.path ?? [])].join("."));
  throw new Error(`${key} is not what tsimm writes (${printable(issue?.message ?? "")})`);
}

/** The last epoch that is done in a state between two epochs; -1: none is. */
export function lastEpoch({ epoch, inEpoch }: Pick<RunState, "epoch" | "inEpoch">): number {
  return inEpoch ? epoch - 1 : epoch;
}
