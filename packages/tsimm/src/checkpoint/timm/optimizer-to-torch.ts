/** State of an optimizer as PyTorch's `state_dict()`. */
import type { OptimizerState } from "../../optim/optimizer.ts";
import type { TorchOption } from "../../optim/optimizer-definition.ts";
import { snakeCaseOf } from "../../text/case.ts";
import {
  PythonFloat,
  type TorchDict,
  TorchTensor,
  type TorchValue,
} from "../../weights/torch/torch-value.ts";
import {
  constantKeys,
  LOOKAHEAD_STEP,
  type TorchOptimizer,
  torchOptimizer,
  torchShape,
  torchSlot,
} from "./torch-layout.ts";

/** Options that are floats in Python, also where they are whole. */
const FLOATS = ["lr", "initialLr", "lrScale", "weightDecay"];

/**
 * The `state_dict()` that timm's optimizer of the same name has at the same point: state by the parameter's number in the
 * order of the groups, and the groups with all keys that PyTorch's classes look for, old ones and new.
 *
 * @param shapes - Of the parameters, by name.
 * @returns null: timm has no such optimizer.
 */
export function optimizerToTorch(
  state: OptimizerState,
  shapes: ReadonlyMap<string, readonly number[]>,
): TorchDict | null {
  const optimizer = torchOptimizer(state.name);
  if (optimizer === null) return null;
  const slots = slotsByParameter(state.slots);
  const numbered = new Map<number, TorchValue>();
  const groups: TorchValue[] = [];
  let count = 0;
  for (const { params, options } of state.groups) {
    const first = count;
    for (const name of params) {
      const own = parameterState(optimizer, options, {
        slots: slots.get(name) ?? new Map(),
        shape: shapes.get(name) ?? [],
        steps: state.steps - (state.joined?.[name] ?? 0),
      });
      if (own !== null) numbered.set(count, own);
      count++;
    }
    const numbers = params.map((_, i) => first + i);
    groups.push(groupOf(optimizer, options, { numbers, steps: state.steps }));
  }
  return new Map<string, TorchValue>([
    ["state", numbered],
    ["param_groups", groups],
  ]);
}

type Slots = ReadonlyMap<string, Float32Array>;

function slotsByParameter(slots: Slots): ReadonlyMap<string, Slots> {
  const found = new Map<string, Map<string, Float32Array>>();
  for (const [path, data] of slots) {
    const dot = path.lastIndexOf(".");
    const name = path.slice(0, dot);
    const own = found.get(name) ?? new Map<string, Float32Array>();
    own.set(path.slice(dot + 1), data);
    found.set(name, own);
  }
  return found;
}

/** null: PyTorch's state of the parameter has not begun. */
function parameterState(
  { layout }: TorchOptimizer,
  options: Readonly<Record<string, unknown>>,
  {
    slots,
    shape,
    steps,
  }: { readonly slots: Slots; readonly shape: readonly number[]; readonly steps: number },
): TorchDict | null {
  if (slots.size === 0) return null;
  const entries: [string, TorchValue][] = [];
  if (layout.step === "tensor") entries.push(["step", scalar(steps)]);
  if (layout.step === "number") entries.push(["step", steps]);
  for (const [slot, data] of slots) {
    const own = torchShape(layout, slot, shape);
    const value =
      own === "number" ? new PythonFloat(data[0] ?? 0) : new TorchTensor({ dtype: "F32", shape: own, data });
    entries.push([torchSlot(layout, slot), value]);
  }
  for (const [key, value] of Object.entries(layout.state?.(shape, options) ?? {})) {
    entries.push([key, value]);
  }
  return new Map(entries);
}

function groupOf(
  optimizer: TorchOptimizer,
  options: Readonly<Record<string, unknown>>,
  { numbers, steps }: { readonly numbers: readonly number[]; readonly steps: number },
): TorchDict {
  const { layout, lookahead } = optimizer;
  const own = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [snakeCaseOf(name), optionValue(name, value)] as const);
  return new Map<string, TorchValue>([
    ...own,
    ...Object.entries(constantKeys(optimizer, options)),
    ...(layout.step === "group" ? [["step", scalar(steps)] as const] : []),
    ...(layout.step === "group number" ? [["step", steps] as const] : []),
    ...(lookahead ? [[LOOKAHEAD_STEP, steps] as const] : []),
    ["params", numbers],
  ]);
}

function optionValue(name: string, value: unknown): TorchValue {
  if (typeof value === "number" && FLOATS.includes(name)) return new PythonFloat(value);
  if (isTorchOption(value)) return value;
  throw new TypeError(`optimizerToTorch: ${name} must be plain data, got ${typeof value}`);
}

function isTorchOption(value: unknown): value is TorchOption {
  if (Array.isArray(value)) return value.every(isTorchOption);
  return value === null || ["boolean", "number", "string"].includes(typeof value);
}

function scalar(value: number): TorchTensor {
  return new TorchTensor({ dtype: "F32", shape: [], data: Float32Array.of(value) });
}
