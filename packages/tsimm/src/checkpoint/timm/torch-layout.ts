/** Layout of a named optimizer's state in PyTorch's files, that of Lookahead around it included. */
import { lookaheadOptions, slowSlot } from "../../optim/lookahead.ts";
import type { OptimizerDefinition, TorchLayout, TorchOption } from "../../optim/optimizer-definition.ts";
import { findOptimizer } from "../../optim/optimizers.ts";
import { torchNeutral } from "../../optim/torch-groups.ts";
import { snakeCaseOf } from "../../text/case.ts";

/** Key of a group with the updates that Lookahead has counted. */
export const LOOKAHEAD_STEP = "lookahead_step";

/** An optimizer that PyTorch has too. */
export interface TorchOptimizer {
  readonly definition: OptimizerDefinition;
  readonly layout: TorchLayout;
  /** Whether Lookahead is around it. */
  readonly lookahead: boolean;
}

/** The optimizer of a name, e.g. `lookahead_adam`; null: none of that name is known, or timm has it not. */
export function torchOptimizer(name: string): TorchOptimizer | null {
  const { definition, lookahead } = findOptimizer("torchOptimizer", name);
  const { torch: layout } = definition;
  return layout === undefined ? null : { definition, layout, lookahead };
}

/** Keys of a group that no option here stands for, or one that is null. */
export function constantKeys(
  { layout, lookahead }: TorchOptimizer,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, TorchOption>> {
  const given = Object.entries(options).filter(([, value]) => value !== null);
  const own = new Set(given.map(([name]) => snakeCaseOf(name)));
  const keys = Object.entries(layout.group?.(options) ?? {}).filter(([key]) => !own.has(key));
  const { k, alpha } = lookaheadOptions;
  return { ...Object.fromEntries(keys), ...(lookahead && { lookahead_k: k, lookahead_alpha: alpha }) };
}

/** Whether a key of a group changes only how PyTorch computes, or holds what it has computed. */
export function isNeutral(key: string): boolean {
  return key === "buffer" || Object.hasOwn(torchNeutral, key);
}

/** PyTorch's name of a slot. */
export function torchSlot({ slots = {} }: TorchLayout, slot: string): string {
  return slots[slot] ?? slot;
}

/** PyTorch's shape of a slot of a parameter; `"number"`: it is no tensor. */
export function torchShape(
  layout: TorchLayout,
  slot: string,
  parameter: readonly number[],
): readonly number[] | "number" {
  return (slot === slowSlot ? undefined : layout.shape?.(slot, parameter)) ?? parameter;
}
