/** Reads PyTorch's `state_dict()` of an optimizer. */
import { slowSlot } from "../../optim/lookahead.ts";
import type { Optimizer, OptimizerState, ParamGroup } from "../../optim/optimizer.ts";
import { snakeCaseOf } from "../../text/case.ts";
import { toFloat32 } from "../../weights/to-float32.ts";
import {
  PythonFloat,
  type TorchDict,
  TorchTensor,
  type TorchValue,
} from "../../weights/torch/torch-value.ts";
import { plainValue } from "./plain-value.ts";
import {
  constantKeys,
  isNeutral,
  LOOKAHEAD_STEP,
  type TorchOptimizer,
  torchOptimizer,
  torchSlot,
} from "./torch-layout.ts";

/** Fields of a group that are no options of the optimizer. */
const GROUP_FIELDS = ["lr", "initialLr", "lrScale", "weightDecay"];

/**
 * The state that PyTorch saved of timm's optimizer of the same name.
 *
 * @param value - What its `state_dict()` was.
 * @param own - The same optimizer here, over the same parameters in the same groups; it is not changed.
 * @param steps - Updates, of an optimizer that does not count them.
 * @throws Error that says what does not fit: the groups, a tensor, or an option that changes the rule.
 */
export function optimizerFromTorch(
  value: TorchValue,
  own: Pick<Optimizer, "name" | "paramGroups">,
  steps: number,
): OptimizerState {
  const optimizer = torchOptimizer(own.name);
  if (optimizer === null) throw new Error(`timm's files have no layout of the optimizer "${own.name}"`);
  const saved = isDict(value) ? value : new Map();
  const [groups, state] = [saved.get("param_groups"), saved.get("state")];
  if (!Array.isArray(groups) || !isDict(state)) {
    throw new Error("its optimizer must hold state and param_groups");
  }
  checkGroups(groups, own.paramGroups);
  const read = own.paramGroups.map((group, i) => groupFrom(optimizer, group, dictOf(groups[i])));
  const slots = new Map<string, Float32Array>();
  const counts = new Map<string, number>();
  for (const [i, group] of own.paramGroups.entries()) {
    const numbers = numbersOf(groups[i]);
    const options = read[i]?.options ?? {};
    const ofGroup = countOf(dictOf(groups[i]), optimizer.lookahead ? LOOKAHEAD_STEP : "step");
    for (const [k, parameter] of group.params.entries()) {
      const kept = state.get(numbers[k] ?? -1);
      if (!isDict(kept)) continue;
      const names = Object.keys(optimizer.definition.createSlots(parameter, { ...group, ...options }));
      for (const slot of optimizer.lookahead ? [...names, slowSlot] : names) {
        const data = slotFrom(kept.get(torchSlot(optimizer.layout, slot)), parameter.name);
        if (data !== null) slots.set(`${parameter.name}.${slot}`, data);
      }
      const count = optimizer.layout.step === "none" ? ofGroup : (countOf(kept, "step") ?? ofGroup);
      if (count !== null) counts.set(parameter.name, count);
    }
  }
  const made = Math.max(0, ...counts.values());
  const late = [...counts].flatMap(([name, count]) => (count < made ? [[name, made - count] as const] : []));
  return {
    name: own.name,
    steps: counts.size > 0 ? made : steps,
    groups: read,
    slots,
    ...(late.length > 0 && { joined: Object.fromEntries(late) }),
  };
}

function checkGroups(groups: readonly TorchValue[], own: readonly ParamGroup[]): void {
  const sizes = (all: readonly number[]) => (all.length > 6 ? `${all.length} groups` : `[${all.join(", ")}]`);
  const theirs = groups.map((group) => numbersOf(group).length);
  const ours = own.map(({ params }) => params.length);
  if (theirs.join() === ours.join()) return;
  const all = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  throw new Error(
    `its optimizer must have groups of ${sizes(ours)} tensors (${all(ours)} together), got ${sizes(theirs)} (${all(theirs)} together)`,
  );
}

function groupFrom(
  optimizer: TorchOptimizer,
  { params, ...options }: ParamGroup,
  saved: TorchDict,
): OptimizerState["groups"][number] {
  const constants = constantKeys(optimizer, options);
  for (const [key, expected] of Object.entries(constants)) {
    const got = plainValue(saved.get(key) ?? null);
    if (!saved.has(key) || isNeutral(key) || JSON.stringify(got) === JSON.stringify(expected)) continue;
    throw new Error(
      `its optimizer must have ${key} ${JSON.stringify(expected)}, got ${JSON.stringify(got)}, which ${optimizer.definition.name} has not here`,
    );
  }
  const names = [...Object.keys(options).filter((name) => !GROUP_FIELDS.includes(name)), ...GROUP_FIELDS];
  const values = names.flatMap((name) => {
    const read = saved.get(snakeCaseOf(name));
    // An option that is null stands for a value that PyTorch writes out.
    const isOwn = read === undefined || (options[name] === null && snakeCaseOf(name) in constants);
    const value = isOwn ? options[name] : plainValue(read);
    if (GROUP_FIELDS.includes(name) && value !== undefined && !isRate(value)) {
      throw new Error(
        `${snakeCaseOf(name)} of its optimizer must be a number >= 0, got ${JSON.stringify(value)}`,
      );
    }
    return value === undefined ? [] : [[name, value] as const];
  });
  return { params: params.map(({ name }) => name), options: Object.fromEntries(values) };
}

function isRate(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** Elements of a slot; null: it is not there. */
function slotFrom(value: TorchValue | undefined, parameter: string): Float32Array | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return Float32Array.of(value);
  if (value instanceof PythonFloat) return Float32Array.of(value.value);
  const data = value instanceof TorchTensor ? toFloat32(value) : null;
  if (data !== null) return data;
  throw new Error(`the optimizer's state of ${parameter} must be of floating-point tensors`);
}

/** A number of updates; null: there is none. */
function countOf(dict: TorchDict, key: string): number | null {
  const value = dict.get(key) ?? null;
  if (value === null) return null;
  const count = value instanceof TorchTensor ? Number(value.data[0]) : Number(plainValue(value));
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new Error(`${key} of its optimizer must be a number of updates, got ${count}`);
}

function numbersOf(group: TorchValue | undefined): readonly number[] {
  const params = dictOf(group).get("params");
  return Array.isArray(params) ? params.filter((one) => typeof one === "number") : [];
}

function dictOf(value: TorchValue | undefined): TorchDict {
  return isDict(value) ? value : new Map();
}

function isDict(value: TorchValue | undefined): value is TorchDict {
  return value instanceof Map;
}
