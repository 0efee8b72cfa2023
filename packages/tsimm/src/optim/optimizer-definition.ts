/** The definition of an optimizer: its options, its state per tensor, and its update of a tensor. */
import type { Parameter } from "../models/model.ts";
import type { DefinitionFlag } from "../registry.ts";
import { checkIsDefinition } from "../registry.ts";
import { LOOKAHEAD } from "./lookahead.ts";
import type { ParamGroup } from "./optimizer.ts";
import type { OptimizerGraph } from "./optimizer-graph.ts";
import { checkOption, nonNegative, type OptionCheck, type OptionChecks } from "./option-checks.ts";

/** Options of an optimizer's own, besides `lr` and `weightDecay`, which every group has. */
export type OptimizerOwnOptions = Readonly<Record<string, unknown>>;

/** Arrays kept per parameter, under PyTorch's slot names. */
export type OptimizerSlots = Readonly<Record<string, Float32Array>>;

/** A plain value beside the tensors of a checkpoint of PyTorch. */
export type TorchOption = null | boolean | number | string | readonly TorchOption[];

/** State of an optimizer in a checkpoint of PyTorch, as far as it differs from ours. */
export interface TorchLayout<O extends OptimizerOwnOptions = OptimizerOwnOptions> {
  /**
   * Place of the number of updates: a float32 scalar tensor beside the slots, an int there, a float32 scalar tensor or
   * an int among the keys of each group, or none.
   */
  readonly step: "tensor" | "number" | "group" | "group number" | "none";
  /** PyTorch's name of each slot that has another one here. */
  readonly slots?: Readonly<Record<string, string>>;
  /**
   * PyTorch's shape of a slot that has not its parameter's; `"number"`: a bare number; undefined: it has its parameter's.
   *
   * @param slot - Name here.
   * @param parameter - Shape of the parameter.
   */
  shape?(slot: string, parameter: readonly number[]): readonly number[] | "number" | undefined;
  /**
   * Values beside step and slots in the state of a parameter. They are constants, or computed anew at each update: what a
   * file has in their place is not read.
   */
  state?(parameter: readonly number[], options: O): Readonly<Record<string, TorchOption>>;
  /**
   * Keys of a group beside ours, which are written in snake_case. A group that is read must have the same values, where it
   * has them; but for those of `torchNeutral`, which change how PyTorch computes, not what.
   */
  group?(options: O): Readonly<Record<string, TorchOption>>;
}

/** An optimizer without its parameters. `O`: its options, `S`: its slots. */
export interface OptimizerDefinition<
  O extends OptimizerOwnOptions = OptimizerOwnOptions,
  S extends OptimizerSlots = OptimizerSlots,
> {
  /** timm's name, in lower case, e.g. `adamw`. */
  readonly name: string;
  /** Learning rate where none is given, >= 0. */
  readonly lr: number;
  /**
   * Scaling of a learning rate from one batch size to another: by the square root of their ratio, or by the ratio;
   * absent: `linear`.
   */
  readonly lrScaling?: "sqrt" | "linear";
  /** All options and their values where none are given. */
  readonly defaults: O;
  /** Check of each option. */
  readonly checks: OptionChecks<O>;
  /** Flags for options of its own, by the option's name. */
  readonly flags?: Readonly<Record<string, DefinitionFlag>>;
  /** Options that hold where no learning rate is given. */
  readonly withoutLr?: Partial<O>;
  /** Fresh slots for a parameter; `{}` if the optimizer keeps nothing. */
  createSlots(parameter: Parameter, group: ParamGroup & O): S;
  /**
   * One update on the CPU: changes `parameter.data` and `slots` in place.
   *
   * @param grad - Gradient, of the parameter's length; only read.
   * @param step - Number of this update, from 1.
   * @param gradScale - What {@link OptimizerDefinition.gradScale} gave, else 1.
   */
  loop(
    parameter: Parameter,
    grad: Float32Array,
    slots: S,
    group: ParamGroup & O,
    step: number,
    gradScale: number,
  ): void;
  /** The same update as nodes of a graph; absent: it does not run on a device. */
  readonly graph?: OptimizerGraph<O, S>;
  /** Layout of its state in timm's checkpoints; absent: a run with it cannot go on there. */
  readonly torch?: TorchLayout<O>;
  /** A factor on all gradients of an update, from the norm of all of them. */
  gradScale?(norm: number, options: O): number;
}

/**
 * Checks the definition of an optimizer and returns it as it is.
 *
 * Another optimizer with other defaults is a definition too: `{ ...lamb, name: "mylamb", defaults: { ... } }`.
 *
 * @throws RangeError if the name is not in lower case or starts with `lookahead_`, if `lr` is no number >= 0, if an
 * option has no check, if a default does not pass its own, or if a flag is of no option. TypeError if `graph` lacks a
 * function.
 * @example
 * const signum = defineOptimizer({
 *   name: "signum",
 *   lr: 1e-4,
 *   defaults: { momentum: 0.9 },
 *   checks: { momentum: optionChecks.fraction },
 *   createSlots: ({ data }) => ({ momentum_buffer: new Float32Array(data.length) }),
 *   loop({ data }, grad, { momentum_buffer }, { lr, weightDecay, momentum }) {
 *     for (let i = 0; i < data.length; i++) {
 *       momentum_buffer[i] = momentum * momentum_buffer[i] + (1 - momentum) * grad[i];
 *       data[i] -= lr * (Math.sign(momentum_buffer[i]) + weightDecay * data[i]);
 *     }
 *   },
 *   // The same on a device; without it, training on one refuses the optimizer.
 *   graph: {
 *     scalars: ({ lr, weightDecay }) => ({ lr, keep: 1 - lr * weightDecay }),
 *     build({ builder, math, group: { momentum }, data, grad, slots, scalar }) {
 *       const momentum_buffer = math.add(
 *         math.mul(slots.momentum_buffer, momentum),
 *         math.mul(grad, 1 - momentum),
 *       );
 *       const negative = builder.op("Less", [momentum_buffer, math.constant(0)]);
 *       const sign = math.where(math.positive(momentum_buffer), 1, math.where(negative, -1, 0));
 *       const kept = math.mul(data, scalar("keep"));
 *       return { data: math.sub(kept, math.mul(sign, scalar("lr"))), slots: { momentum_buffer } };
 *     },
 *   },
 * });
 * registerOptimizer(signum);
 * const model = createModel("test_resnet", { numClasses: 10 });
 * const optimizer = createOptimizerV2(model, { opt: "signum", momentum: 0.8 });
 * optimizer.paramGroups.map(({ lr, momentum }) => [lr, momentum]); // => [[0.0001, 0.8]]
 */
export function defineOptimizer<O extends OptimizerOwnOptions, S extends OptimizerSlots>(
  definition: OptimizerDefinition<O, S>,
): OptimizerDefinition<O, S> {
  checkIsDefinition("defineOptimizer", definition);
  const { name, lr, defaults, graph } = definition;
  if (typeof name !== "string" || name !== name.toLowerCase() || name.startsWith(LOOKAHEAD)) {
    throw new RangeError(
      `defineOptimizer: name must be in lower case and not start with ${LOOKAHEAD}, got ${JSON.stringify(name)}`,
    );
  }
  checkOption("defineOptimizer", "lr", lr, nonNegative);
  const checks: Readonly<Record<string, OptionCheck>> = definition.checks;
  for (const [option, value] of Object.entries(defaults)) {
    const check = checks[option];
    if (check === undefined) {
      throw new RangeError(`defineOptimizer: checks must have one for each option, got none for "${option}"`);
    }
    checkOption("defineOptimizer", option, value, check);
  }
  for (const flag of Object.keys(definition.flags ?? {})) {
    if (Object.hasOwn(defaults, flag)) continue;
    const options = Object.keys(defaults).join(", ") || "none";
    throw new RangeError(`defineOptimizer: flags must be of its options (${options}), got "${flag}"`);
  }
  for (const part of graph === undefined ? [] : (["scalars", "build"] as const)) {
    if (typeof graph?.[part] === "function") continue;
    throw new TypeError(`defineOptimizer: graph must have a function "${part}", got ${typeof graph?.[part]}`);
  }
  return definition;
}
