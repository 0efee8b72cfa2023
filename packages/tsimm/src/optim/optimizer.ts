/** What every optimizer is: parameter groups that schedulers drive, `step`, and state that can be saved. */
import type { Parameter } from "../models/model.ts";

/** Parameters that share options; schedulers write `lr`. */
export interface ParamGroup {
  params: Parameter[];
  /** Learning rate, >= 0. */
  lr: number;
  /** Base learning rate, written by schedulers. */
  initialLr?: number;
  /** Factor that schedulers apply to `lr`. */
  lrScale?: number;
  /** L2 penalty or decoupled decay, >= 0. */
  weightDecay: number;
  /** Further options of the optimizer (`momentum`, `betas`, `eps`, …). */
  [field: string]: unknown;
}

/** Saved state: group options, step counts, and one array per parameter and slot. */
export interface OptimizerState {
  readonly name: string;
  /** Options of each group, with the names of its parameters. */
  readonly groups: readonly {
    readonly params: readonly string[];
    readonly options: Readonly<Record<string, unknown>>;
  }[];
  /** Updates made so far. */
  readonly steps: number;
  /** Arrays by `<parameter>.<slot>`, slots as PyTorch calls them (`momentum_buffer`, `exp_avg`, …). */
  readonly slots: ReadonlyMap<string, Float32Array>;
  /** Steps made before the first one of a parameter, by its name, where that came late; absent: none came late. */
  readonly joined?: Readonly<Record<string, number>> | undefined;
}

/** Changes parameters in place from their `grad`. */
export interface Optimizer {
  /** timm's name, e.g. `adamw`. */
  readonly name: string;
  readonly paramGroups: ParamGroup[];
  /** One update of every parameter that has a gradient. */
  step(): void;
  /** Called at the end of each epoch, where an optimizer has slow weights to bring up to date. */
  syncLookahead?(): void;
  /** Drops all gradients. */
  zeroGrad(): void;
  /** Everything that is needed to go on; the arrays are the optimizer's own. */
  stateDict(): OptimizerState;
  /** Restores what {@link Optimizer.stateDict} gave; refuses state of other parameters or another optimizer. */
  loadStateDict(state: OptimizerState): void;
}
