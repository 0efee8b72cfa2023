/** An exponential moving average of a model's state. */
import { arithmetic, type GraphBuilder, type Value } from "@tsimm/autodiff";
import type { Buffer, Model, Parameter } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import { loadState } from "../weights/load-state.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import { checkIsHere } from "../weights/state-elsewhere.ts";

/** Options of {@link ModelEma}. */
export interface ModelEmaOptions {
  /** Weight of the past, in [0, 1). */
  readonly decay?: number;
  /** The decay rises from 0 to `decay`, so that the average forgets the initial weights early. */
  readonly warmup?: boolean;
}

/**
 * The moving average e += (1 - d)(m - e) of every float tensor m of a model; integers are copied.
 *
 * With s = step - 1, d is 0 at s = 0 (the first update copies the model), then `decay`; with warm-up
 * d = min(decay, 1 - (1 + s)^(-2/3)).
 *
 * @throws RangeError if `decay` is not in [0, 1).
 * @example
 * const ema = new ModelEma(createModel("test_resnet"), { decay: 0.9, warmup: false });
 * [ema.decayAt(1), ema.decayAt(2)]; // => [0, 0.9]
 * @see timm `timm/utils/model_ema.py`
 */
export class ModelEma {
  readonly decay: number;
  readonly warmup: boolean;
  /** The average, in state-dict order. */
  readonly state: readonly (Parameter | Buffer)[];
  readonly #model: Model;

  /** Starts as a copy of the model's state; the model is followed from then on. */
  constructor(model: Model, options: ModelEmaOptions = {}) {
    checkOptionNames("ModelEma", options, { decay: true, warmup: true });
    const { decay = 0.9998, warmup = true } = options;
    if (!(decay >= 0 && decay < 1)) {
      throw new RangeError(`ModelEma: decay must be a number in [0, 1), got ${decay}`);
    }
    this.decay = decay;
    this.warmup = warmup;
    checkIsHere("ModelEma", model);
    this.#model = model;
    this.state = model.state.map(({ name, shape, data }) => ({ name, shape, data: data.slice() }));
  }

  /** Whether it is the average of this model. */
  follows(model: Pick<Model, "state">): boolean {
    return this.#model.state === model.state;
  }

  /** The decay of an update; `step` counts updates from 1. */
  decayAt(step: number): number {
    const past = Math.max(0, step - 1);
    if (past === 0) return 0;
    return this.warmup ? Math.min(this.decay, 1 - (1 + past) ** (-2 / 3)) : this.decay;
  }

  /**
   * Takes the model's present state into the average.
   *
   * @param step - Number of the update that the model has just made, from 1.
   */
  update(step: number): void {
    const share = 1 - this.decayAt(step);
    for (const [index, { data: average }] of this.state.entries()) {
      const data = this.#model.state[index]?.data;
      if (average instanceof Float32Array && data instanceof Float32Array) blend(average, data, share);
      else if (average instanceof BigInt64Array && data instanceof BigInt64Array) average.set(data);
    }
  }

  /**
   * Restores a saved average.
   *
   * @throws Error if the tensors are not the state of this model.
   */
  load(tensors: SafeTensors): void {
    loadState({ name: this.#model.name, state: this.state }, tensors);
  }
}

function blend(average: Float32Array, data: Float32Array, share: number): void {
  for (let i = 0; i < average.length; i++) {
    const past = average[i] ?? 0;
    average[i] = past + share * ((data[i] ?? 0) - past);
  }
}

/**
 * The update of an average as nodes of a graph: e + share (m - e).
 *
 * @param share - 1 - decay of the update, a float32 scalar.
 */
export function blendNodes(
  builder: GraphBuilder,
  { average, data, share }: { readonly average: Value; readonly data: Value; readonly share: Value },
): Value {
  const math = arithmetic(builder);
  return math.add(average, math.mul(math.sub(data, average), share));
}
