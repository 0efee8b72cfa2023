/** Options of `createModel` that files keep, because without them the model would be another network. */
import type { ConfigValue } from "./config-option.ts";
import type { GlobalPool } from "./layers/classifier.ts";

/** Those of a model; only what was given. */
export interface KeptOptions {
  readonly globalPool?: GlobalPool | undefined;
  readonly bnMomentum?: number | undefined;
  readonly bnEps?: number | undefined;
  readonly splitBn?: number | undefined;
  readonly config?: Readonly<Record<string, ConfigValue>> | undefined;
}

/**
 * The part of options that files keep; undefined where there is nothing to keep.
 *
 * @param options - Null counts as absent, an empty `config` too.
 */
export function keptOptions(
  options: {
    readonly [K in keyof KeptOptions]?: KeptOptions[K] | null;
  },
): KeptOptions | undefined {
  const { globalPool, bnMomentum, bnEps, splitBn, config } = options;
  const isEmpty = Object.keys(config ?? {}).length === 0;
  const kept = Object.entries({ globalPool, bnMomentum, bnEps, splitBn, config: isEmpty ? null : config });
  const given = kept.filter(([, value]) => value !== null && value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
