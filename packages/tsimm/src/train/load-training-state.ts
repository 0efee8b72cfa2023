/** Puts a saved state back into the parts of a run. */
import type { Scheduler } from "@tsimm/scheduler";
import type { Updater } from "../update/updater.ts";
import { copiesInto } from "../weights/load-state.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import type { NamedTensor, TrainingState } from "./training-state.ts";

/**
 * Restores weights, moving average, optimizer and schedule.
 *
 * @throws Error if the state is of another model, optimizer or schedule.
 */
export function loadTrainingState(
  state: TrainingState,
  { model, average, optimizer, store }: Updater,
  schedule: Scheduler | null,
): void {
  copiesInto(model, namedTensors(state.model))();
  // All the rest is replaced too.
  store?.written();
  // An average that begins now begins as a copy of the model.
  average?.load(namedTensors(state.average ?? state.model));
  optimizer.loadStateDict(state.optimizer);
  store?.written();
  if (schedule !== null && state.schedule !== null) schedule.loadStateDict(state.schedule);
}

/** Parameters and buffers as named tensors, in their order. */
export function namedTensors(state: readonly NamedTensor[]): SafeTensors {
  return new Map(
    state.map(({ name, shape, data }) => [
      name,
      { dtype: data instanceof Float32Array ? ("F32" as const) : ("I64" as const), shape, data },
    ]),
  );
}
