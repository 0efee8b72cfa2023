/** How an optimizer is described: what it keeps per tensor and how it changes one. */
import type { Parameter } from "../models/model.ts";
import type { ParamGroup } from "./optimizer.ts";
import type { OptionChecks } from "./option-checks.ts";

/** Options of an optimizer besides `lr` and `weightDecay`, which every group has. */
export type RuleOptions = Readonly<Record<string, unknown>>;

/** Arrays kept per parameter, under PyTorch's slot names. */
export type Slots = Readonly<Record<string, Float32Array>>;

/** An optimizer without its parameters. `O`: its options, `S`: its slots. */
export interface UpdateRule<O extends RuleOptions, S extends Slots> {
  /** Learning rate where none is given. */
  readonly lr: number;
  readonly defaults: O;
  /** What each option must be. */
  readonly checks: OptionChecks<O>;
  /** Options that hold where no learning rate is given. */
  readonly withoutLr?: Partial<O>;
  /** Fresh slots for a parameter. */
  createSlots(parameter: Parameter, group: ParamGroup & O): S;
  /**
   * Changes `parameter.data` and `slots` in place.
   *
   * @param grad - Gradient, of the parameter's length; only read.
   * @param step - Number of this update, from 1.
   * @param gradScale - What {@link UpdateRule.gradScale} gave, else 1.
   */
  update(
    parameter: Parameter,
    grad: Float32Array,
    slots: S,
    group: ParamGroup & O,
    step: number,
    gradScale: number,
  ): void;
  /** A factor on all gradients of an update, from the norm of all of them. */
  gradScale?(norm: number, options: O): number;
}
