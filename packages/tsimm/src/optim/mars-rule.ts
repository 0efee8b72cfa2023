/** Options and slots of MARS, and the rule by which it moves a tensor. */
import type { AdamOptions, AdamSlots } from "./adam.ts";
import type { CautionOption } from "./caution.ts";
import type { ParamGroup } from "./optimizer.ts";

/** Options of MARS. */
export type MarsOptions = AdamOptions &
  CautionOption & {
    /** Weight of the change of the gradient, >= 0. */
    readonly gamma: number;
    /** Rule of the step: Adam's with decoupled decay, or the sign of the mean as in Lion. */
    readonly marsType: "adamw" | "lion";
    /** Tensors with one dimension are moved as the others; false: by AdamW. */
    readonly optimize1d: boolean;
    /** Factor on the learning rate of tensors with one dimension, >= 0. */
    readonly lr1dFactor: number;
    /** `betas` of tensors with one dimension; null: `betas`. */
    readonly betas1d: readonly [number, number] | null;
  };

/** Slots of MARS. */
export type MarsSlots = AdamSlots & { readonly last_grad: Float32Array };

/** How a tensor moves. */
export interface MarsRule {
  /** By the gradient of reduced variance. */
  readonly reduces: boolean;
  /** By the sign of the mean. */
  readonly sign: boolean;
  readonly betas: readonly [number, number];
  readonly lr: number;
}

/** The rule of a tensor of a group. */
export function marsRule(shape: readonly number[], group: ParamGroup & MarsOptions): MarsRule {
  const { optimize1d, marsType, betas, betas1d, lr, lr1dFactor } = group;
  if (optimize1d || shape.length >= 2) return { reduces: true, sign: marsType === "lion", betas, lr };
  return { reduces: false, sign: false, betas: betas1d ?? betas, lr: lr * lr1dFactor };
}
