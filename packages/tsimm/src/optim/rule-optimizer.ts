/** An optimizer made of a definition and parameter groups. */
import type { Parameter } from "../models/model.ts";
import { globalNorm } from "./clip.ts";
import type { Optimizer, OptimizerState, ParamGroup } from "./optimizer.ts";
import type { OptimizerDefinition, OptimizerOwnOptions, OptimizerSlots } from "./optimizer-definition.ts";
import { checkOption, type OptionCheck } from "./option-checks.ts";

/**
 * Applies an {@link OptimizerDefinition} to every parameter.
 *
 * Slots are made at a parameter's first gradient. The arrays of `stateDict()` are the optimizer's own: copy
 * them to keep them past the next step.
 */
export class RuleOptimizer<O extends OptimizerOwnOptions, S extends OptimizerSlots> implements Optimizer {
  readonly name: string;
  readonly paramGroups: (ParamGroup & O)[];
  readonly definition: OptimizerDefinition<O, S>;
  readonly #slots = new Map<Parameter, S>();
  /** Steps made before the first one of a parameter; 0 for those that are not in it. */
  readonly #joined = new Map<Parameter, number>();
  #steps = 0;

  /** @param groups - Disjoint, with all options of the definition. */
  constructor(definition: OptimizerDefinition<O, S>, groups: (ParamGroup & O)[]) {
    this.name = definition.name;
    this.definition = definition;
    this.paramGroups = groups;
  }

  /** Updates made so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Counts an update that was made elsewhere, by the definition's graph. */
  countStep(): void {
    this.#steps++;
  }

  step(): void {
    this.countStep();
    const { gradScale } = this.definition;
    const norm = gradScale === undefined ? 0 : globalNorm(this.paramGroups.flatMap(({ params }) => params));
    for (const group of this.paramGroups) {
      const scale = gradScale === undefined ? 1 : gradScale(norm, group);
      for (const parameter of group.params) {
        if (parameter.grad === null) continue;
        const slots = this.#slotsSince(parameter, group, this.#steps - 1);
        const step = this.#steps - (this.#joined.get(parameter) ?? 0);
        this.definition.loop(parameter, parameter.grad, slots, group, step, scale);
      }
    }
  }

  /** Slots of a parameter of a group, made if there are none yet. */
  slotsOf(parameter: Parameter, group: ParamGroup & O): S {
    return this.#slotsSince(parameter, group, this.#steps);
  }

  /** Steps made before the first one of a parameter, whose own first step is number 1 too. */
  joinedAt(parameter: Parameter, group: ParamGroup & O): number {
    this.slotsOf(parameter, group);
    return this.#joined.get(parameter) ?? 0;
  }

  /** @param steps - Made before those that fill the slots. */
  #slotsSince(parameter: Parameter, group: ParamGroup & O, steps: number): S {
    const known = this.#slots.get(parameter);
    if (known !== undefined) return known;
    const slots = this.definition.createSlots(parameter, group);
    this.#slots.set(parameter, slots);
    if (steps > 0 && Object.keys(slots).length > 0) this.#joined.set(parameter, steps);
    return slots;
  }

  zeroGrad(): void {
    for (const { params } of this.paramGroups) for (const parameter of params) parameter.grad = null;
  }

  stateDict(): OptimizerState {
    const slots = new Map<string, Float32Array>();
    for (const { params } of this.paramGroups) {
      for (const parameter of params) {
        for (const [slot, data] of Object.entries(this.#slots.get(parameter) ?? {})) {
          slots.set(`${parameter.name}.${slot}`, data);
        }
      }
    }
    const groups = this.paramGroups.map(({ params, ...options }) => ({
      params: params.map(({ name }) => name),
      options,
    }));
    const joined = Object.fromEntries([...this.#joined].map(([{ name }, steps]) => [name, steps]));
    const late = this.#joined.size === 0 ? {} : { joined };
    return { name: this.name, groups, steps: this.#steps, slots, ...late };
  }

  loadStateDict(state: OptimizerState): void {
    const where = `${this.name}.loadStateDict`;
    if (state.name !== this.name) {
      throw new Error(`${where}: state must be of the optimizer "${this.name}", got "${state.name}"`);
    }
    this.#checkGroups(where, state);
    for (const [name, steps] of Object.entries(state.joined ?? {})) {
      if (Number.isSafeInteger(steps) && steps >= 0 && steps <= state.steps) continue;
      throw new Error(
        `${where}: joined of ${name} must be an integer from 0 to ${state.steps}, got ${steps}`,
      );
    }
    const loaded = this.#copySlots(where, state);
    this.#slots.clear();
    for (const [parameter, slots] of loaded) this.#slots.set(parameter, slots);
    for (const [i, group] of this.paramGroups.entries()) Object.assign(group, state.groups[i]?.options);
    this.#steps = state.steps;
    this.#joined.clear();
    for (const { params } of this.paramGroups) {
      for (const parameter of params) {
        const steps = state.joined?.[parameter.name];
        if (steps !== undefined) this.#joined.set(parameter, steps);
      }
    }
  }

  #checkGroups(where: string, state: OptimizerState): void {
    if (state.groups.length !== this.paramGroups.length) {
      throw new Error(
        `${where}: state must have ${this.paramGroups.length} parameter groups, got ${state.groups.length}`,
      );
    }
    const checks: Readonly<Record<string, OptionCheck>> = this.definition.checks;
    for (const [i, { params }] of this.paramGroups.entries()) {
      for (const [name, value] of Object.entries(state.groups[i]?.options ?? {})) {
        const check = checks[name];
        if (check !== undefined) checkOption(where, name, value, check);
      }
      const saved = state.groups[i]?.params ?? [];
      for (let k = 0; k < Math.max(params.length, saved.length); k++) {
        const name = params[k]?.name;
        if (name === saved[k]) continue;
        throw new Error(
          `${where}: parameter ${k} of group ${i} must be ${name ?? "absent"}, got ${saved[k] ?? "nothing"}`,
        );
      }
    }
  }

  /** Slots of every parameter that the state has some for; nothing of the optimizer changes before all fit. */
  #copySlots(where: string, state: OptimizerState): Map<Parameter, S> {
    const loaded = new Map<Parameter, S>();
    const unused = new Set(state.slots.keys());
    for (const [i, group] of this.paramGroups.entries()) {
      const options = { ...group, ...state.groups[i]?.options };
      for (const parameter of group.params) {
        const slots = this.definition.createSlots(parameter, options);
        const names = Object.keys(slots).map((slot) => `${parameter.name}.${slot}`);
        if (!names.some((name) => unused.has(name))) continue;
        for (const [k, target] of Object.values(slots).entries()) {
          const name = names[k] ?? "";
          const source = state.slots.get(name);
          if (source?.length !== target.length) {
            throw new Error(
              `${where}: ${name} must have ${target.length} elements, got ${source?.length ?? "none"}`,
            );
          }
          target.set(source);
          unused.delete(name);
        }
        loaded.set(parameter, slots);
      }
    }
    if (unused.size > 0) throw new Error(`${where}: state has unknown slots: ${[...unused].join(", ")}`);
    return loaded;
  }
}
