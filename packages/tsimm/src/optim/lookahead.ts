/** Lookahead around another optimizer. */
import type { Parameter } from "../models/model.ts";
import type { Optimizer, OptimizerState, ParamGroup } from "./optimizer.ts";

/** Prefix of the names of optimizers that are wrapped in {@link Lookahead}. */
export const LOOKAHEAD = "lookahead_";

/** Steps of the inner optimizer between two synchronisations, and share of the way that the slow weights go towards the fast ones. */
export const lookaheadOptions = { k: 6, alpha: 0.5 } as const;

const { k: steps, alpha } = lookaheadOptions;

/** Name of the slot of the slow weights. */
export const slowSlot = "lookahead_slow_buff";

/**
 * Lookahead (Zhang et al., arXiv:1907.08610): slow weights follow the inner optimizer's fast ones.
 *
 * After each 6th step and at each end of an epoch: slow += 0.5 (fast - slow); fast = slow. The slow weights are
 * made at the first synchronisation as a copy of the fast ones, so that it changes nothing.
 *
 * @see timm `timm/optim/lookahead.py`
 */
export class Lookahead implements Optimizer {
  readonly name: string;
  readonly paramGroups: ParamGroup[];
  readonly inner: Optimizer;
  readonly #slow = new Map<Parameter, Float32Array>();
  /** Arrays of {@link Lookahead.slowOf} that no synchronisation has filled. */
  readonly #room = new Map<Parameter, Float32Array>();
  #steps = 0;

  /** @param inner - Steps first; its parameter groups are this optimizer's. */
  constructor(inner: Optimizer) {
    this.name = `${LOOKAHEAD}${inner.name}`;
    this.paramGroups = inner.paramGroups;
    this.inner = inner;
  }

  step(): void {
    this.inner.step();
    this.#steps++;
    if (this.#steps % steps === 0) this.syncLookahead();
  }

  /** Brings slow and fast weights together, of parameters that have a gradient or are updated elsewhere. */
  syncLookahead(): void {
    for (const { params } of this.paramGroups) {
      for (const parameter of params) {
        if (parameter.grad !== null || this.#room.has(parameter)) this.#sync(parameter);
      }
    }
  }

  zeroGrad(): void {
    this.inner.zeroGrad();
  }

  /** Slow weights of a parameter that is updated elsewhere; 0 before the first synchronisation of all. */
  slowOf(parameter: Parameter): Float32Array {
    const { data } = parameter;
    const slow = this.#slow.get(parameter) ?? (this.#slow.size > 0 ? data.slice() : null);
    const room = this.#room.get(parameter) ?? slow ?? new Float32Array(data.length);
    this.#room.set(parameter, room);
    return room;
  }

  /**
   * Share of the way that the slow weights go towards the fast ones after an update.
   *
   * @param step - Number of the update, from 1, of those that are not counted yet.
   * @param joined - Updates before the first that the weights are part of.
   * @returns 0: they stay, and so do the fast ones; 1 at the first synchronisation; else 0.5.
   */
  shareAt(step: number, joined = 0): number {
    if (step % steps !== 0) return 0;
    const isLate = joined > 0 && step - joined <= steps;
    const isFirst = isLate || (this.#slow.size === 0 && step - steps <= this.#steps);
    return isFirst ? 1 : alpha;
  }

  /** Counts an update, and its synchronisation, that were made elsewhere with the arrays of {@link Lookahead.slowOf}. */
  countStep(): void {
    this.#steps++;
    if (this.#steps % steps !== 0) return;
    for (const [parameter, room] of this.#room) this.#slow.set(parameter, room);
  }

  stateDict(): OptimizerState {
    const state = this.inner.stateDict();
    const slow = [...this.#slow].map(([{ name }, data]) => [`${name}.${slowSlot}`, data] as const);
    return { ...state, name: this.name, slots: new Map([...state.slots, ...slow]) };
  }

  loadStateDict(state: OptimizerState): void {
    if (state.name !== this.name) {
      throw new Error(
        `${this.name}.loadStateDict: state must be of the optimizer "${this.name}", got "${state.name}"`,
      );
    }
    const parameters = this.paramGroups.flatMap(({ params }) => params);
    const inner = new Map(state.slots);
    const slow: [Parameter, Float32Array][] = [];
    for (const parameter of parameters) {
      const name = `${parameter.name}.${slowSlot}`;
      const saved = inner.get(name);
      if (saved === undefined) continue;
      if (saved.length !== parameter.data.length) {
        throw new Error(
          `${this.name}.loadStateDict: ${name} must have ${parameter.data.length} elements, got ${saved.length}`,
        );
      }
      slow.push([parameter, saved.slice()]);
      inner.delete(name);
    }
    this.inner.loadStateDict({ ...state, name: this.inner.name, slots: inner });
    this.#steps = state.steps;
    this.#slow.clear();
    this.#room.clear();
    for (const [parameter, data] of slow) this.#slow.set(parameter, data);
  }

  #sync(parameter: Parameter): void {
    const { data: fast } = parameter;
    const slow = this.#slow.get(parameter);
    if (slow === undefined) {
      const room = this.#room.get(parameter) ?? new Float32Array(fast.length);
      room.set(fast);
      this.#slow.set(parameter, room);
      return;
    }
    for (let i = 0; i < slow.length; i++) {
      const past = slow[i] ?? 0;
      slow[i] = past + alpha * ((fast[i] ?? 0) - past);
    }
    fast.set(slow);
  }
}
