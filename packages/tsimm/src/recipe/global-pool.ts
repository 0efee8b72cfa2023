/** `--gp`: the pooling of a run's model. */
import type { GlobalPool } from "../models/layers/classifier.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";

/** Pools that leave one vector per image. */
const POOLS: readonly GlobalPool[] = ["avg", "fast", "max", "avgmax", "catavgmax", "token"];

/**
 * The pool that `--gp` names; timm's fastavg, fastmax and their kind differ from avg and max in speed alone.
 *
 * @throws UsageError for any other name.
 */
export function globalPoolOf(gp: string | null): GlobalPool | null {
  if (gp === null) return null;
  const name = gp.replace(/^fast(?=.)/, "");
  const pool = POOLS.find((one) => one === name);
  if (pool !== undefined) return pool;
  throw new UsageError(`train: --gp must be one of ${POOLS.join(", ")}, got "${gp}"${suggestion(gp, POOLS)}`);
}
